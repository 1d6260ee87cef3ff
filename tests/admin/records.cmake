quoin_admin_test(tst_json SOURCES tst_json.cpp LIBRARIES admin_records)
quoin_admin_test(tst_recordspage SOURCES tst_recordspage.cpp LIBRARIES admin_records)

add_executable(bench_records benchrecords.cpp)
target_link_libraries(bench_records PRIVATE admin_records Qt6::Test quoin_warnings)
