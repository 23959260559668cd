# Builds the image of one service: docker build --build-arg SERVICE=push-gateway --build-arg PORT=8082 .
# `mvn package` creates the jar that it uses. With a read-only root file system, the container needs a /tmp from which native
# code can be loaded: docker run --read-only --tmpfs /tmp:exec

FROM eclipse-temurin:25-jre AS layers
ARG SERVICE
WORKDIR /build
COPY ${SERVICE}/target/${SERVICE}-*-exec.jar service.jar
RUN java -Djarmode=tools -jar service.jar extract --layers --destination layers

FROM eclipse-temurin:25-jre
ARG SERVICE
ARG PORT
LABEL org.opencontainers.image.title=$SERVICE org.opencontainers.image.licenses=Apache-2.0
WORKDIR /app
# layers that rarely change come first; root owns all files, and the service can only read them
COPY --from=layers /build/layers/dependencies/ ./
COPY --from=layers /build/layers/snapshot-dependencies/ ./
COPY --from=layers /build/layers/application/ ./

# The heap has half of the memory, because buffers of Netty and Kafka, threads and classes need the other half. An operator can
# override this by JDK_JAVA_OPTIONS. After an OutOfMemoryError a service would not work reliably, so it exits and is restarted.
# Compact object headers take 4 bytes less of each object: docs/decisions/2026-11-27-compact-object-headers.md.
ENV SERVER_PORT=$PORT \
    JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError -XX:+UseCompactObjectHeaders --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"

# The AOT cache stores classes that a start loads and links, so that a start takes half the time. It is created by a start that
# ends before it listens or needs a backend. A JVM whose options do not fit the cache starts without it.
RUN java -XX:AOTCacheOutput=service.aot -Dspring.context.exit=onRefresh -jar service.jar

USER 10001:10001
EXPOSE $PORT
STOPSIGNAL SIGTERM
ENTRYPOINT ["java", "-XX:AOTCache=service.aot", "-jar", "service.jar"]

# The image has no curl. An open port is not enough for health: the service has to answer 200.
HEALTHCHECK --interval=10s --timeout=3s --start-period=120s --start-interval=1s --retries=3 CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/${MANAGEMENT_SERVER_PORT:-$SERVER_PORT} && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [[ $status == 200 ]]"]
