from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0003_ranker_fits")]

    operations = [
        migrations.AddField(
            model_name="item",
            name="matched_with",
            field=models.CharField(blank=True, default="", max_length=220),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="item",
            name="source_state",
            field=models.CharField(blank=True, default="", max_length=32),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                condition=models.Q(("is_searchable", True)),
                fields=["side", "matched_with", "id"],
                name="item_matched_with",
            ),
        ),
    ]
