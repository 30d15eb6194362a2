# Two stages: the compiler stays in the first. The image adds one binary, root certificates and an empty /data to Debian.
# For TLS to the database the certificates are in the binary; for TLS to a bucket of attachments they are the system's
# (SSL_CERT_FILE names others).
#   docker build -t sanfuwu .
#   docker run -p 8080:8080 -v sanfuwu:/data sanfuwu                       # embedded SQLite in the volume
#   docker run --rm sanfuwu keygen > sanfuwu.key                           # once: all replicas share these keys
#   docker run -p 8080:8080 -e SANFUWU_DATABASE_URL=postgres://… -e SANFUWU_KEYS="$(cat sanfuwu.key)" sanfuwu   # PostgreSQL

FROM rust:1.95-bookworm AS build
WORKDIR /build

# The dependencies first, against an empty crate: this layer is built again only when the manifest or the lock changes.
COPY Cargo.toml Cargo.lock ./
RUN mkdir src && touch src/lib.rs && echo 'fn main() {}' > src/main.rs \
 && cargo build --release --locked \
 && rm -r src

COPY migrations migrations
COPY openapi openapi
COPY src src
# The copied files may be older than the empty crate's build; cargo compares times.
RUN touch src/lib.rs src/main.rs \
 && cargo build --release --locked \
 && install -D target/release/sanfuwu /out/sanfuwu

FROM debian:bookworm-slim
RUN groupadd --gid 10001 sanfuwu && useradd --uid 10001 --gid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin sanfuwu
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/sanfuwu /usr/local/bin/sanfuwu

USER 10001:10001
WORKDIR /data
VOLUME /data
# Inside a container the address that the outside reaches is not the loopback one.
ENV SANFUWU_LISTEN=0.0.0.0:8080
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["/usr/local/bin/sanfuwu", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/sanfuwu"]
CMD ["serve"]
