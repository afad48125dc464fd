"""Lists of words that staff may edit: industry chains, key areas, regions."""

from django.db import models


class Vocabulary(models.TextChoices):
    CHAIN = "chain", "产业链"
    KEY_AREA = "key_area", "重点领域"
    REGION = "region", "区域"


class Term(models.Model):
    """One word of a vocabulary. `code` is what entries store and never changes."""

    vocabulary = models.CharField(max_length=20, choices=Vocabulary)
    code = models.SlugField(max_length=60)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vocabulary", "code"], name="term_vocabulary_code")
        ]
        ordering = ["vocabulary", "position", "id"]

    def __str__(self) -> str:
        return f"{self.vocabulary}:{self.code}"
