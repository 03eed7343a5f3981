noinst_LIBRARIES += milter/conf/libconf.a
milter_conf_libconf_a_SOURCES =
