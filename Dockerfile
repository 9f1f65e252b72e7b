# `pruning serve` with the built-in model, on a CPU.
FROM python:3.12-slim AS build
RUN pip install --no-cache-dir uv
WORKDIR /source
COPY tools/constraints.txt tools/
COPY packages/pruning-core packages/pruning-core
# uv knows where torch without CUDA is.
RUN uv venv /opt/pruning \
    && uv pip install --no-cache --python /opt/pruning/bin/python --torch-backend cpu \
        --constraint tools/constraints.txt --compile-bytecode './packages/pruning-core[serve]'

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin pruning
COPY --from=build /opt/pruning /opt/pruning
ENV PATH=/opt/pruning/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001
WORKDIR /
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/health', timeout=4)"]
ENTRYPOINT ["pruning", "serve", "--host", "0.0.0.0", "--port", "8080"]
