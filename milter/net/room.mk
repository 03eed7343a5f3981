noinst_LIBRARIES += milter/net/libnet.a
milter_net_libnet_a_SOURCES = \
	milter/net/addr.c milter/net/addr.h \
	milter/net/network.c milter/net/network.h \
	milter/net/table.c milter/net/table.h
