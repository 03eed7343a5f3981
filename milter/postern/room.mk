# postern: what does the admin ask
