quoin_admin_test(tst_logpage SOURCES tst_logpage.cpp pageground.h LIBRARIES admin_log)
