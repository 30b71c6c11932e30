"""Addresses of training jobs and lineage."""

from django.urls import path

from qftapp.experiments.views import job, jobs, jobs_compared, lineage

JOB = "jobs/<slug:slug>/"

urlpatterns = [
    path("jobs/", jobs.job_list, name="training_jobs"),
    path("jobs.csv", jobs.jobs_csv, name="training_jobs_csv"),
    path("jobs.json", jobs.jobs_json, name="training_jobs_json"),
    path("new-job/", jobs.new_job, name="new_training_job"),
    path("compare-jobs/", jobs_compared.compare_jobs, name="compare_jobs"),
    path("compare-jobs/curves.json", jobs_compared.compared_curves, name="compare_jobs_curves"),
    path("compare-jobs/metrics.csv", jobs_compared.compared_csv, name="compare_jobs_csv"),
    path("compare-jobs/metrics.json", jobs_compared.compared_json, name="compare_jobs_json"),
    path("compare-jobs/curves.tex", jobs_compared.compared_latex, name="compare_jobs_latex"),
    path(JOB, job.job, name="training_job"),
    path(f"{JOB}state/", job.job_state, name="training_job_state"),
    path(f"{JOB}curves.json", job.job_curves, name="training_job_curves"),
    path(f"{JOB}metrics.csv", job.job_metrics_csv, name="training_job_metrics_csv"),
    path(f"{JOB}metrics.json", job.job_metrics_json, name="training_job_metrics_json"),
    path(f"{JOB}curves.tex", job.job_curves_latex, name="training_job_curves_latex"),
    path(f"{JOB}cancel/", job.cancel_job, name="training_job_cancel"),
    path(f"{JOB}resume/", job.resume_job, name="training_job_resume"),
    path("models/<slug:slug>/lineage/", lineage.model_lineage, name="model_lineage"),
    path("models/<slug:slug>/lineage.json", lineage.model_lineage_json, name="model_lineage_json"),
    path("models/<slug:slug>/training/", lineage.model_training, name="model_training"),
    path("items/<slug:slug>/training/", lineage.item_training, name="item_training"),
]
