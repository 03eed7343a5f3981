noinst_LIBRARIES += milter/lists/liblists.a
milter_lists_liblists_a_SOURCES =
