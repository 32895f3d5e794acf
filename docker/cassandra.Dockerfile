# Cassandra as Mainstem asks for it: a write is acknowledged when it is on the disk. With the official default it is not, and
# Mainstem refuses to start with it.
FROM cassandra:5.0
RUN sed -i -e 's/^commitlog_sync: periodic$/commitlog_sync: group/' -e 's/^commitlog_sync_period: .*$/commitlog_sync_group_window: 2ms/' /etc/cassandra/cassandra.yaml && \
    grep -q '^commitlog_sync: group$' /etc/cassandra/cassandra.yaml && grep -q '^commitlog_sync_group_window: 2ms$' /etc/cassandra/cassandra.yaml
