# posternd: what happens when
