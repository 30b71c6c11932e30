"""Addresses of sources, items and imports."""

from django.urls import path

from qftapp.items.views import answers, editor, home, imports, item, listing, review, sources, trying

VERSION = "items/<slug:slug>/v/<int:number>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("items/", listing.item_list, name="items"),
    path("items.csv", listing.items_csv, name="items_csv"),
    path("items.json", listing.items_json, name="items_json"),
    path("items.jsonl", listing.items_jsonl, name="items_jsonl"),
    path("items/retire/", listing.retire_items, name="retire_items"),
    path("new-item/", sources.new_item, name="new_item"),
    path("items/<slug:slug>/", item.item, name="item"),
    path("items/<slug:slug>/edit/", editor.edit, name="item_edit"),
    path("items/<slug:slug>/revise/", item.revise, name="item_revise"),
    path("items/<slug:slug>/retire/", item.retire, name="item_retire"),
    path("items/<slug:slug>/diff/<int:old>/<int:new>/", item.diff, name="item_diff"),
    path(VERSION, item.item_version, name="item_version"),
    path(f"{VERSION}save/", editor.save, name="item_save"),
    path(f"{VERSION}preview/", editor.preview, name="item_preview"),
    path(f"{VERSION}checks/", editor.checks, name="item_checks"),
    path(f"{VERSION}submit/", editor.submit, name="item_submit"),
    path(f"{VERSION}withdraw/", editor.withdraw, name="item_withdraw"),
    path(f"{VERSION}discard/", editor.discard, name="item_discard"),
    path(f"{VERSION}comment/", item.comment, name="item_comment"),
    path(f"{VERSION}try/", trying.try_answer, name="item_try"),
    path(f"{VERSION}review/", review.review, name="item_review"),
    path(f"{VERSION}review/answer/", trying.answer, name="item_answer"),
    path(f"{VERSION}review/verdict/", review.verdict_panel, name="item_verdict"),
    path(f"{VERSION}judge/", review.judge, name="item_judge"),
    path("help/answers/", answers.how_answers_are_checked, name="how_answers_are_checked"),
    path("sources/", sources.source_list, name="sources"),
    path("sources/new/", sources.new_source, name="source_new"),
    path("sources/<slug:slug>/", sources.source, name="source"),
    path("sources/<slug:slug>/edit/", sources.edit_source, name="source_edit"),
    path("sources/<slug:slug>/problems/new/", sources.edit_problem, name="source_problem_new"),
    path("sources/<slug:slug>/problems/<int:problem_id>/", sources.source_problem, name="source_problem"),
    path("sources/<slug:slug>/problems/<int:problem_id>/edit/", sources.edit_problem, name="source_problem_edit"),
    path("sources/<slug:slug>/problems/<int:problem_id>/adapt/", sources.adapt, name="adapt"),
    path("import/", imports.import_items, name="import"),
    path("import/<slug:slug>/", imports.batch, name="batch"),
    path("import/<slug:slug>/cancel/", imports.cancel_batch, name="batch_cancel"),
    path("import/<slug:slug>/retry/", imports.retry_batch, name="batch_retry"),
]
