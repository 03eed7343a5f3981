noinst_LIBRARIES += milter/log/liblog.a
milter_log_liblog_a_SOURCES =
