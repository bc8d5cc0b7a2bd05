using Npgsql;
using Sluice.Server.Store;

namespace Sluice.Server.Tests.Store;

/// <summary>Small writes that share a commit, on both dialects.</summary>
public abstract class HotWriteTests : IAsyncLifetime
{
    private static readonly HotStatement Insert = new(
        "INSERT INTO members (tenant_id, id, email, name, role, created_at, removed_at) SELECT @tenant, @id, @email, @name, 'viewer', @created, @removed /*each*/",
        "id",
        "email",
        "name",
        "created:number",
        "removed:number"
    );

    private static readonly HotStatement Rename = new(
        "UPDATE members SET name = @name /*each*/ WHERE tenant_id = @tenant AND id = @id",
        "name",
        "id"
    );

    // Like a step of a run: only while another row says so.
    private static readonly HotStatement InsertBeside = new(
        """
        INSERT INTO members (tenant_id, id, email, name, role, created_at)
        SELECT @tenant, @id, @id, @name, 'viewer', 0 /*each*/
        WHERE (SELECT COALESCE(m.removed_at, 0) FROM members m WHERE m.tenant_id = @tenant AND m.id = @beside) = 0
        ON CONFLICT (tenant_id, id) DO NOTHING
        """,
        "id",
        "name",
        "beside"
    );

    // Without the mark: one row at a time, on every store.
    private static readonly HotStatement Remove = new(
        "DELETE FROM members WHERE tenant_id = @tenant AND name = @name",
        "name"
    );

    private protected Database Database { get; private set; } = null!;

    private protected abstract Task<Database> Open();

    public async ValueTask InitializeAsync()
    {
        Database = await Open();
        await Migrations.Apply(Database, TimeProvider.System, default);
        await Database.Write(async session =>
        {
            foreach (var tenant in (string[])["A", "B"])
                await session.House.Execute(
                    "INSERT INTO tenants (id, handle, name, tier, created_at) VALUES (@tenant, @tenant, 'x', 'Community', 0)",
                    new { tenant }
                );
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected static HotWrite NewMember(string id, string tenant = "A") =>
        new HotWrite().Add(Insert, tenant, id, id + "@example.com", "new", 5L, null);

    [Fact]
    public async Task A_write_is_told_how_many_rows_each_of_its_statements_changed()
    {
        Assert.Equal([1], await Database.Write(NewMember("one")));
        Assert.Equal([1], await Database.Write(NewMember("two")));
        var write = NewMember("three")
            .Add(Rename, "A", "renamed", "three")
            .Add(Rename, "A", "renamed", "nobody")
            .Add(Remove, "A", "new");
        Assert.Equal([1, 1, 0, 2], await Database.Write(write));
        Assert.Equal([("A", "three", "renamed")], await Members());
    }

    [Fact]
    public async Task Statements_of_a_write_run_in_their_order_also_beside_others()
    {
        var rows = await Together(
            100,
            i =>
                new HotWrite()
                    .Add(Insert, "A", $"m{i}", $"m{i}", "first", 0L, null)
                    .Add(Rename, "A", "second", $"m{i}")
                    .Add(InsertBeside, "A", $"m{i}-a", "first", $"m{i}")
                    .Add(InsertBeside, "A", $"m{i}-b", "first", $"m{i}-a")
                    .Add(Rename, "A", "third", $"m{i}")
        );
        Assert.All(rows, counts => Assert.Equal([1, 1, 1, 1, 1], counts));
        var members = await Members();
        Assert.Equal(300, members.Count);
        Assert.All(
            members,
            member => Assert.Equal(member.Id.Contains('-') ? "first" : "third", member.Name)
        );
    }

    [Fact]
    public async Task One_that_is_at_fault_or_changes_nothing_takes_no_other_with_it()
    {
        await Database.Write(NewMember("taken"));
        var writes = Enumerable
            .Range(0, 200)
            .Select(i =>
                (i % 4) switch
                {
                    // Two statements, the second of which cannot be kept: neither is.
                    0 => NewMember($"m{i}").Add(Insert, "A", "taken", "other", "x", 0L, null),
                    1 => new HotWrite().Add(InsertBeside, "A", $"m{i}", "x", "nobody"),
                    2 => new HotWrite().Add(InsertBeside, "A", "taken", "x", "taken"),
                    _ => NewMember($"m{i}", i % 8 == 3 ? "A" : "B"),
                }
            )
            .Select(write => Task.Run(() => Database.Write(write)))
            .ToList();
        await Task.WhenAll(writes).ContinueWith(_ => { }, TaskScheduler.Default);
        for (var i = 0; i < writes.Count; i++)
        {
            Assert.Equal(i % 4 == 0, writes[i].IsFaulted);
            if (i % 4 != 0)
                Assert.Equal([i % 4 == 3 ? 1 : 0], await writes[i]);
            else
                Assert.IsNotType<StoreUnavailableException>(
                    writes[i].Exception!.InnerException,
                    exactMatch: false
                );
        }
        Assert.Equal(
            Enumerable
                .Range(0, 200)
                .Where(i => i % 4 == 3)
                .Select(i => (i % 8 == 3 ? "A" : "B", $"m{i}"))
                .Append(("A", "taken"))
                .Order(),
            (await Members()).Select(member => (member.Tenant, member.Id)).Order()
        );
    }

    [Fact]
    public async Task Work_of_another_kind_is_done_once_though_a_hot_write_beside_it_fails()
    {
        var done = new int[100];
        var writes = Enumerable
            .Range(0, 200)
            .Select(i =>
                Task.Run(() =>
                    i % 2 == 0
                        ? Database.Write(NewMember("same"))
                        : Database.Write(async session =>
                        {
                            Interlocked.Increment(ref done[i / 2]);
                            await session.House.Execute(
                                "INSERT INTO house_settings (name, value) VALUES (@name, 'v')",
                                new { name = $"work-{i}" }
                            );
                        })
                )
            )
            .ToList();
        await Task.WhenAll(writes).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(101, writes.Count(write => write.IsCompletedSuccessfully));
        Assert.All(done, times => Assert.Equal(1, times));
    }

    [Fact]
    public async Task Large_values_and_nulls_come_back_as_they_went()
    {
        var large = new string('x', 3 << 20);
        var rows = await Together(
            6,
            i =>
                new HotWrite().Add(Insert, "A", $"m{i}", $"m{i}", large, 7L, i % 2 == 0 ? 1L : null)
        );
        Assert.All(rows, counts => Assert.Equal([1], counts));
        var found = await Database.Read(session =>
            session
                .Of("A")
                .Query<(string Name, long? Removed)>(
                    "SELECT name, removed_at FROM members WHERE tenant_id = @tenant ORDER BY id"
                )
        );
        Assert.Equal(
            Enumerable.Range(0, 6).Select(i => (large, i % 2 == 0 ? 1L : (long?)null)),
            found
        );
    }

    private protected Task<IReadOnlyList<int>[]> Together(int count, Func<int, HotWrite> write) =>
        Task.WhenAll(
            Enumerable.Range(0, count).Select(i => Task.Run(() => Database.Write(write(i))))
        );

    private protected Task<IReadOnlyList<(string Tenant, string Id, string Name)>> Members() =>
        Database.Read(session =>
            session
                .Across("the test looks at all")
                .Query<(string, string, string)>(
                    "SELECT tenant_id, id, name FROM members ORDER BY id"
                )
        );
}

public sealed class HotWriteTestsOnSqlite : HotWriteTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-store-").FullName;

    private protected override Task<Database> Open() =>
        Task.FromResult<Database>(SqliteDatabase.OpenFile(Path.Combine(_folder, "sluice.db")));

    [Fact]
    public async Task Writes_that_are_done_again_because_one_beside_them_failed_are_counted_once()
    {
        using var counted = new CountedWrites();
        await Database.Write(_ =>
        {
            counted.BeginHere();
            return Task.CompletedTask;
        });
        var writes = Enumerable
            .Range(0, 300)
            .Select(i => Task.Run(() => Database.Write(NewMember(i % 3 == 0 ? "same" : $"m{i}"))))
            .ToList();
        await Task.WhenAll(writes).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(201, writes.Count(write => write.IsCompletedSuccessfully));
        // With the one that began it.
        Assert.Equal(202, counted.Count);
    }
}

public sealed class HotWriteTestsOnPostgres : HotWriteTests
{
    private string _store = "";

    private protected override async Task<Database> Open() =>
        PostgresDatabase.Connect(_store = await Houses.NewPostgres());

    [Fact]
    public async Task Writes_that_come_together_share_a_commit()
    {
        await Together(400, i => NewMember($"m{i}"));
        var commits = await Database.Read(session =>
            session
                .Across("the test looks at all")
                .First<long>("SELECT COUNT(DISTINCT CAST(xmin AS TEXT)) FROM members")
        );
        Assert.InRange(commits, 1, 300);
    }

    [Fact]
    public async Task When_the_server_ends_its_connections_writes_are_refused_as_unavailable_and_later_ones_go_through()
    {
        await Database.Write(NewMember("before"));
        await using var source = NpgsqlDataSource.Create(_store + ";Application Name=other");
        var acknowledged = new HashSet<string> { "before" };
        var refused = 0;
        for (var round = 0; refused == 0 || round < 3; round++)
        {
            var writes = Enumerable
                .Range(0, 50)
                .ToDictionary(
                    i => $"r{round}-{i}",
                    i => Database.Write(NewMember($"r{round}-{i}"))
                );
            await using var kill = source.CreateCommand(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'sluice%'"
            );
            await kill.ExecuteNonQueryAsync();
            foreach (var (id, write) in writes)
            {
                try
                {
                    await write;
                    acknowledged.Add(id);
                }
                catch (StoreUnavailableException)
                {
                    refused++;
                }
            }
        }
        // The pool may hold connections that are gone; each is found out by one write at most.
        for (var left = 10; left > 0; left--)
        {
            try
            {
                await Database.Write(NewMember("after"));
                break;
            }
            catch (StoreUnavailableException) when (left > 1)
            {
                refused++;
            }
        }
        acknowledged.Add("after");
        var kept = new HashSet<string>();
        await using (var members = source.CreateCommand("SELECT id FROM members"))
        {
            await using var reader = await members.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                kept.Add(reader.GetString(0));
        }
        Assert.Subset(kept, acknowledged);
    }
}
