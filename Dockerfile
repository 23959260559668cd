# One for all services: docker build --build-arg SERVICE=push-gateway --build-arg PORT=8082 .
# It takes the jar that `mvn package` made. Beside a read-only root file system it wants a /tmp from which native code may
# be loaded: docker run --read-only --tmpfs /tmp:exec

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
# what changes least comes first; everything belongs to root, and the service may only read it
COPY --from=layers /build/layers/dependencies/ ./
COPY --from=layers /build/layers/snapshot-dependencies/ ./
COPY --from=layers /build/layers/application/ ./

# Half of the memory is the heap's, since Netty's and Kafka's buffers, threads and classes want as much again. Whoever wants it
# otherwise sets JDK_JAVA_OPTIONS, which comes after this and wins. Without its last bytes a service is not one to wait for:
# it ends, and is started again.
ENV SERVER_PORT=$PORT \
    JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"

# What a start loads and links is kept from one that ends before anything listens or needs a backend: a start takes half the
# time. Under options that do not fit the JVM does without it.
RUN java -XX:AOTCacheOutput=service.aot -Dspring.context.exit=onRefresh -jar service.jar

USER 10001:10001
EXPOSE $PORT
STOPSIGNAL SIGTERM
ENTRYPOINT ["java", "-XX:AOTCache=service.aot", "-jar", "service.jar"]

# There is no curl in the image. A port that is open is not health: it has to answer 200.
HEALTHCHECK --interval=10s --timeout=3s --start-period=120s --start-interval=1s --retries=3 CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/${MANAGEMENT_SERVER_PORT:-$SERVER_PORT} && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [[ $status == 200 ]]"]
