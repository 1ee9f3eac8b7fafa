import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('school_issuing', '0006_issued_stands_still'),
        ('school_signing', '0007_reasons_in_english'),
    ]

    operations = [
        migrations.CreateModel(
            name='PrintCodes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('codes', models.JSONField(verbose_name='các mã')),
                ('fingerprint', models.CharField(max_length=64, verbose_name='dấu vân tay chứng thư đã ký')),
                ('signed_at', models.DateTimeField(verbose_name='ký lúc')),
                ('signed_by', models.BigIntegerField(verbose_name='người ký')),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='print_codes', to='school_issuing.annualrecorddraft')),
            ],
            options={
                'verbose_name': 'mã xác thực bản in',
            },
        ),
    ]
