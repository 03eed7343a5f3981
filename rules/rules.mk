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
# those that are known by the names of their hosts only: no list of networks
BY_NAME = rules/n-able

rulesdir = $(pkgdatadir)/rules
dist_rules_DATA = $(SHIPPED:=.conf) $(SHIPPED:=.netset) $(BY_NAME:=.conf)
EXTRA_DIST += $(SHIPPED:=.cases) $(BY_NAME:=.cases) rules/README rules/make \
	rules/origin/sources.ini

# Ready configurations, each with its cases beside it.
SCENARIOS = \
	rules/scenarios/filtering-service-before-on-premises \
	rules/scenarios/hybrid-behind-filtering-service \
	rules/scenarios/hybrid-own-tenant \
	rules/scenarios/hybrid-with-certificate \
	rules/scenarios/one-port-of-many \
	rules/scenarios/several-domains-several-services \
	rules/scenarios/smarthost-for-own-tenant

scenariosdir = $(rulesdir)/scenarios
dist_scenarios_DATA = $(SCENARIOS:=.conf) $(SCENARIOS:=.case)
TESTS += tests/cases/scenarios
EXTRA_DIST += tests/cases/scenarios
