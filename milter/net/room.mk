noinst_LIBRARIES += milter/net/libnet.a
milter_net_libnet_a_SOURCES = \
	milter/net/addr.c milter/net/addr.h \
	milter/net/index.c milter/net/index.h \
	milter/net/leaf.c milter/net/leaf.h \
	milter/net/network.c milter/net/network.h \
	milter/net/packed.h milter/net/place.h \
	milter/net/search.c \
	milter/net/setlist.c milter/net/setlist.h \
	milter/net/setpool.c milter/net/setpool.h \
	milter/net/sort.c milter/net/sort.h \
	milter/net/special.c \
	milter/net/sweep.c milter/net/sweep.h \
	milter/net/table.c milter/net/table.h \
	milter/net/tree.c milter/net/tree.h \
	milter/net/wide.h

check_PROGRAMS += \
	tests/unit/test_addr tests/unit/test_network tests/unit/test_sweep \
	tests/unit/test_table tests/unit/test_table_random
TESTS += \
	tests/unit/test_addr tests/unit/test_network tests/unit/test_sweep \
	tests/unit/test_table tests/unit/test_table_random
tests_unit_test_addr_SOURCES = tests/unit/test_addr.c
tests_unit_test_addr_LDADD = $(NET) $(CMOCKA_LIBS)
tests_unit_test_network_SOURCES = tests/unit/test_network.c
tests_unit_test_network_LDADD = $(NET) $(CMOCKA_LIBS)
tests_unit_test_sweep_SOURCES = tests/unit/test_sweep.c
tests_unit_test_sweep_LDADD = $(NET) $(CMOCKA_LIBS)
tests_unit_test_table_SOURCES = tests/unit/test_table.c
tests_unit_test_table_LDADD = $(NET) $(CMOCKA_LIBS)
tests_unit_test_table_random_SOURCES = tests/unit/test_table_random.c
tests_unit_test_table_random_LDADD = $(NET) $(CMOCKA_LIBS)
