# A container with everything `hornbook run quickstart` needs.
#   docker build -t hornbook .
#   docker run --rm -v "$PWD/runs:/work/runs" hornbook run quickstart
# Inside a container the kernel may refuse the namespaces that generated code needs; then scores that
# run code say "not run". `hornbook doctor` tells.
FROM python:3.12-slim-bookworm
WORKDIR /work
COPY requirements.txt pyproject.toml README.md LICENSE ./
RUN pip install --no-cache-dir -r requirements.txt
COPY src ./src
RUN pip install --no-cache-dir --no-deps .
RUN useradd --create-home reader && chown reader /work
USER reader
ENTRYPOINT ["hornbook"]
CMD ["--help"]
