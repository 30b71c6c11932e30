# One image, four commands:
#   web      the default
#   worker   python manage.py procrastinate worker --queues=default
#   asking   python manage.py procrastinate worker --queues=asking
#   migrate  python manage.py migrate
ARG BASE=python:3.11-slim

FROM ${BASE} AS assets
WORKDIR /app
COPY requirements-local.txt .
RUN python3 -m venv /venv && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements-local.txt
ENV PATH=/venv/bin:$PATH
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY static static
RUN npm run build

FROM ${BASE}
ARG CODE_REVISION=
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 QFT_MODE=production DATA_DIR=/data CODE_REVISION=${CODE_REVISION}
WORKDIR /app
COPY requirements.txt .
RUN python3 -m venv /venv && pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt
COPY . .
COPY --from=assets /app/dist dist
RUN SECRET_KEY=unused ALLOWED_HOSTS=unused DATABASE_URL=postgres://unused/unused python manage.py collectstatic --no-input \
    && python -m compileall -q qftapp \
    && useradd --no-create-home --uid 10001 qft \
    && install --directory --owner=10001 /data
USER 10001
EXPOSE 8000
HEALTHCHECK --start-period=30s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://localhost:8000/health/', timeout=5)"]
CMD ["gunicorn", "qftapp.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=8", "--no-control-socket", "--access-logfile=-"]
