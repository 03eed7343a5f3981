# The shipped sources; rules/make makes them, the names are repeated here.
SHIPPED = \
	rules/barracuda rules/broadcom rules/checkpoint rules/cisco \
	rules/cloudflare rules/cyren rules/forcepoint rules/google-workspace \
	rules/hornetsecurity rules/mailroute rules/microsoft-azure \
	rules/microsoft-outlook rules/microsoft-outlook-china \
	rules/microsoft-outlook-usgov rules/mimecast-au rules/mimecast-ca \
	rules/mimecast-de rules/mimecast-eu rules/mimecast-us \
	rules/mimecast-za rules/proofpoint rules/proofpoint-essentials \
	rules/retarus rules/sophos rules/spamtitan rules/trendmicro

rulesdir = $(pkgdatadir)/rules
dist_rules_DATA = $(SHIPPED:=.conf) $(SHIPPED:=.netset)
EXTRA_DIST += $(SHIPPED:=.cases) rules/README rules/make \
	rules/origin/sources.ini
