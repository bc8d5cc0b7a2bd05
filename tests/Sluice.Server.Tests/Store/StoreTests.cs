using Sluice.Server.Store;

namespace Sluice.Server.Tests.Store;

/// <summary>What the store promises, on both dialects.</summary>
public abstract class StoreTests : IAsyncLifetime
{
    private Database _database = null!;

    private protected abstract Task<Database> Open();

    private protected abstract Task<Database> OpenAgain();

    public async ValueTask InitializeAsync()
    {
        _database = await Open();
        await Migrations.Apply(_database, TimeProvider.System, default);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Migrations_are_applied_once_however_often_a_server_starts()
    {
        await Migrations.Apply(_database, TimeProvider.System, default);
        var again = await OpenAgain();
        await using (again)
            await Task.WhenAll(
                Enumerable
                    .Range(0, 4)
                    .Select(_ => Migrations.Apply(again, TimeProvider.System, default))
            );
        var numbers = await _database.Read(session =>
            session.House.Query<long>("SELECT number FROM schema_migrations ORDER BY number")
        );
        Assert.Equal(numbers.Distinct(), numbers);
    }

    [Fact]
    public async Task Starting_on_a_newer_schema_than_the_program_knows_is_refused()
    {
        await _database.Write(session =>
            session.House.Execute(
                "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (9999, '9999_future', 'x', 0)"
            )
        );
        var error = await Assert.ThrowsAsync<SchemaException>(() =>
            Migrations.Apply(_database, TimeProvider.System, default)
        );
        Assert.Contains("9999", error.Message);
    }

    [Fact]
    public async Task A_migration_that_changed_after_it_was_applied_is_refused()
    {
        await _database.Write(session =>
            session.House.Execute(
                "UPDATE schema_migrations SET checksum = 'other' WHERE number = 1"
            )
        );
        var error = await Assert.ThrowsAsync<SchemaException>(() =>
            Migrations.Apply(_database, TimeProvider.System, default)
        );
        Assert.Contains("0001_tenants", error.Message);
    }

    [Fact]
    public async Task A_write_that_fails_keeps_nothing_and_takes_no_other_with_it()
    {
        var writes = Enumerable
            .Range(0, 200)
            .Select(i =>
                _database.Write(async session =>
                {
                    await session.House.Execute(
                        "INSERT INTO house_settings (name, value) VALUES (@name, 'v')",
                        new { name = $"n{i}" }
                    );
                    if (i % 3 == 0)
                        throw new InvalidOperationException("on purpose");
                })
            )
            .ToList();
        await Task.WhenAll(
            writes.Select(write => write.ContinueWith(_ => { }, TaskScheduler.Default))
        );
        Assert.All(writes, (write, i) => Assert.Equal(i % 3 == 0, write.IsFaulted));
        var kept = await _database.Read(session =>
            session.House.Query<string>("SELECT name FROM house_settings")
        );
        Assert.Equal(
            Enumerable.Range(0, 200).Where(i => i % 3 != 0).Select(i => $"n{i}").Order(),
            kept.Order()
        );
    }

    [Fact]
    public async Task A_read_sees_every_write_that_completed_before_it()
    {
        for (var i = 0; i < 50; i++)
        {
            await _database.Write(session =>
                session.House.Execute(
                    "INSERT INTO house_settings (name, value) VALUES ('counter', @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    new { value = i.ToString() }
                )
            );
            Assert.Equal(
                i.ToString(),
                await _database.Read(session =>
                    session.House.First<string>(
                        "SELECT value FROM house_settings WHERE name = 'counter'"
                    )
                )
            );
        }
    }

    [Fact]
    public async Task A_session_of_one_tenant_reaches_no_row_of_another()
    {
        await _database.Write(async session =>
        {
            foreach (var tenant in new[] { "A", "B" })
            {
                await session.House.Execute(
                    "INSERT INTO tenants (id, handle, name, tier, created_at) VALUES (@tenant, @tenant, 'x', 'Community', 0)",
                    new { tenant }
                );
                await session
                    .Of(tenant)
                    .Execute(
                        "INSERT INTO members (tenant_id, id, email, name, role, created_at) VALUES (@tenant, 'm', 'e', 'n', 'owner', 0)"
                    );
            }
        });
        var changed = await _database.Write(session =>
            session.Of("A").Execute("UPDATE members SET name = 'changed' WHERE tenant_id = @tenant")
        );
        Assert.Equal(1, changed);
        Assert.Equal(
            "n",
            await _database.Read(session =>
                session.Of("B").First<string>("SELECT name FROM members WHERE tenant_id = @tenant")
            )
        );
    }
}

public sealed class StoreTestsOnSqlite : StoreTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-store-").FullName;

    private protected override Task<Database> Open() =>
        Task.FromResult<Database>(SqliteDatabase.OpenFile(Path.Combine(_folder, "sluice.db")));

    private protected override Task<Database> OpenAgain() => Open();

    [Fact]
    public async Task A_write_that_failed_by_itself_is_not_counted_among_the_committed()
    {
        using var counted = new CountedWrites();
        await using var database = await Open();
        await Migrations.Apply(database, TimeProvider.System, default);
        var writes = Enumerable
            .Range(0, 30)
            .Select(i =>
                database.Write(async session =>
                {
                    counted.BeginHere();
                    await session.House.Execute(
                        "INSERT INTO house_settings (name, value) VALUES (@name, 'v')",
                        new { name = $"counted-{i}" }
                    );
                    if (i % 3 == 0)
                        throw new InvalidOperationException("on purpose");
                })
            )
            .ToList();
        await Task.WhenAll(
            writes.Select(write => write.ContinueWith(_ => { }, TaskScheduler.Default))
        );
        Assert.Equal(20, counted.Count);
    }

    [Fact]
    public async Task A_commit_is_on_the_disk_before_it_is_answered()
    {
        var database = await Open();
        await using (database)
        {
            Assert.Equal(
                2,
                await database.Write(session => session.House.First<long>("PRAGMA synchronous"))
            );
            Assert.Equal(
                "wal",
                await database.Read(session => session.House.First<string>("PRAGMA journal_mode"))
            );
        }
    }
}

public sealed class StoreTestsOnPostgres : StoreTests
{
    private readonly Lazy<Task<string>> _store = new(() => Houses.NewPostgres());

    private protected override async Task<Database> Open() =>
        PostgresDatabase.Connect(await _store.Value);

    private protected override Task<Database> OpenAgain() => Open();

    [Fact]
    public async Task Texts_are_in_the_order_of_their_bytes_whatever_language_the_database_speaks()
    {
        await using var database = PostgresDatabase.Connect(
            await Houses.NewPostgres("TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")
        );
        await Migrations.Apply(database, TimeProvider.System, default);
        string[] names = ["Zoe", "anna", "Anna", "ärger", "_", "0"];
        foreach (var name in names)
            await database.Write(session =>
                session.House.Execute(
                    "INSERT INTO house_settings (name, value) VALUES (@name, '')",
                    new { name }
                )
            );
        var ofItself = await Sorted("name COLLATE \"default\"");
        var ofOurs = await Sorted("name");
        Assert.Equal(names.Order(StringComparer.Ordinal), ofOurs);
        Assert.NotEqual(ofItself, ofOurs);

        Task<IReadOnlyList<string>> Sorted(string by) =>
            database.Read(session =>
                session.House.Query<string>($"SELECT name FROM house_settings ORDER BY {by}")
            );
    }

    [Fact]
    public async Task Of_two_writes_that_wait_for_each_other_one_is_told_to_come_again()
    {
        await using var database = await Open();
        TaskCompletionSource[] held = [Signal(), Signal()];
        Task[] both = [Write(0), Write(1)];
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Task.WhenAll(both));
        _ = Assert.Single(both, write => write.IsCompletedSuccessfully);

        Task Write(long number) =>
            database.Write(async session =>
            {
                await Lock(session, number);
                held[number].SetResult();
                await held[1 - number].Task;
                await Lock(session, 1 - number);
            });
        static Task<string?> Lock(Session session, long number) =>
            session.House.First<string>(
                "SELECT CAST(pg_advisory_xact_lock(@number) AS TEXT)",
                new { number }
            );
        static TaskCompletionSource Signal() =>
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>The net under whoever writes SQL in this house.</summary>
public sealed class TenantGuardTests
{
    [Theory]
    [InlineData("SELECT * FROM keys WHERE tenant_id = @tenant AND id = @id")]
    [InlineData("UPDATE keys SET name = @name WHERE tenant_id = @tenant")]
    [InlineData("DELETE FROM keys WHERE tenant_id = @tenant")]
    [InlineData("SELECT id FROM keys WHERE tenant_id = @tenant FOR UPDATE SKIP LOCKED")]
    [InlineData("INSERT INTO keys (tenant_id, id) VALUES (@tenant, @id)")]
    [InlineData(
        "INSERT INTO keys (tenant_id, id) VALUES (@tenant, @id) ON CONFLICT (tenant_id, id) DO UPDATE SET id = excluded.id"
    )]
    [InlineData(
        "SELECT 1 FROM keys k JOIN members m ON m.tenant_id = @tenant AND m.id = k.owner_id WHERE k.tenant_id = @tenant"
    )]
    [InlineData("SELECT handle FROM tenants WHERE id = @id")]
    public void A_statement_that_binds_each_table_to_the_tenant_passes(string sql) =>
        Assert.Null(TenantGuard.Judge(sql, hasTenant: true));

    [Theory]
    [InlineData("SELECT * FROM keys")]
    [InlineData("SELECT * FROM keys WHERE id = @id")]
    [InlineData("SELECT * FROM keys WHERE tenant_id = @other")]
    [InlineData(
        "SELECT 1 FROM keys k JOIN members m ON m.id = k.owner_id WHERE k.tenant_id = @tenant"
    )]
    [InlineData("SELECT * FROM keys WHERE tenant_id = @tenant UNION SELECT * FROM members")]
    [InlineData("UPDATE keys SET tenant_id = @other WHERE id = @id")]
    [InlineData("DELETE FROM keys")]
    [InlineData("INSERT INTO keys (tenant_id, id) VALUES (@other, @id)")]
    [InlineData("INSERT INTO keys (id) VALUES (@id)")]
    [InlineData("INSERT INTO keys (id, tenant_id) VALUES (@tenant, @id)")]
    public void A_statement_that_could_reach_another_tenant_is_refused(string sql) =>
        Assert.NotNull(TenantGuard.Judge(sql, hasTenant: true));

    [Fact]
    public void Without_a_tenant_no_tenants_table_can_be_touched() =>
        Assert.NotNull(
            TenantGuard.Judge("SELECT * FROM keys WHERE tenant_id = @tenant", hasTenant: false)
        );
}
