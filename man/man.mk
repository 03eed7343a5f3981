# The manual pages; tests/lint/docs holds them against the code.
dist_man_MANS = man/posternd.8 man/postern.1 man/postern.conf.5 \
	man/postern-log.5
