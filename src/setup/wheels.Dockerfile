# The image in which cibuildwheel builds Linux wheels (pyproject.toml): Debian 12, which has the
# libraries that Reseau is built on in versions that it knows, with the interpreters of manylinux,
# which cibuildwheel looks for in /opt/python.
#
#   docker build -f src/setup/wheels.Dockerfile -t reseau-wheels . && cibuildwheel --platform linux
FROM quay.io/pypa/manylinux_2_34_x86_64 AS manylinux

FROM debian:12
COPY src/setup/packages.txt /packages.txt
RUN apt-get update \
    && sed '/^# Benchmarks, tests/,$d; /^#/d; /^$/d' /packages.txt \
       | xargs apt-get install -y --no-install-recommends patchelf \
    && rm -rf /var/lib/apt/lists/*
COPY --from=manylinux /opt /opt
RUN /opt/python/cp313-cp313/bin/python -m venv /opt/auditwheel \
    && /opt/auditwheel/bin/pip install auditwheel \
    && ln -s /opt/auditwheel/bin/auditwheel /usr/local/bin/auditwheel
