#!/usr/bin/env bash
# Creates the topics of Heartline, and grants each service the rights that it needs. For clusters without Strimzi, whose resources
# in ../kubernetes/components/strimzi are the same. Existing topics and rights stay.
#
#   BOOTSTRAP=kafka-1:9093 ADMIN=admin.properties acls.sh
#
# BOOTSTRAP names a broker. ADMIN is the file with an administrator's login. Kafka's bin directory has to be in the PATH. The
# users event-producer, push-gateway and report-batch can be created before or after.
set -euo pipefail
: "${BOOTSTRAP:?a broker as host:port}" "${ADMIN:?the file with the login of an administrator}"

topic() { # NAME OPTION...
  kafka-topics.sh --bootstrap-server "$BOOTSTRAP" --command-config "$ADMIN" --create --if-not-exists --topic "$@"
}

acls() { # USER OPTION...
  kafka-acls.sh --bootstrap-server "$BOOTSTRAP" --command-config "$ADMIN" --add --allow-principal "User:$1" "${@:2}"
}

topic likes --partitions 48 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete \
  --config retention.ms=3024000000 --config message.timestamp.type=LogAppendTime --config unclean.leader.election.enable=false
topic likes.dead --partitions 1 --replication-factor 3 --config min.insync.replicas=2 --config retention.ms=3024000000 \
  --config max.message.bytes=4194304

acls event-producer --topic likes --operation Write --operation DescribeConfigs
acls push-gateway --topic likes --operation Read
acls report-batch --topic likes --operation Read
acls report-batch --topic likes.dead --operation Write
acls report-batch --group report-batch --operation Read
