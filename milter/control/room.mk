# control: how do command and daemon talk?
noinst_LIBRARIES += milter/control/libcontrol.a
milter_control_libcontrol_a_SOURCES = \
	milter/control/channel.c milter/control/channel.h \
	milter/control/request.c milter/control/request.h

check_PROGRAMS += tests/unit/test_channel tests/unit/test_request
TESTS += tests/unit/test_channel tests/unit/test_request
tests_unit_test_channel_SOURCES = tests/unit/test_channel.c
tests_unit_test_channel_LDADD = $(CONTROL) $(CMOCKA_LIBS)
tests_unit_test_request_SOURCES = tests/unit/test_request.c
tests_unit_test_request_LDADD = $(CONTROL) $(CMOCKA_LIBS)
