"""UUCP maps: the world that they describe, and the roads over it, as pathalias computed them and better."""
