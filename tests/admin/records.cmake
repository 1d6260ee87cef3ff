quoin_admin_test(tst_json SOURCES tst_json.cpp LIBRARIES admin_records)
quoin_admin_test(tst_recordspage SOURCES tst_recordspage.cpp LIBRARIES admin_records)
