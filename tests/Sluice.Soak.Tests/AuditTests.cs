using Sluice.Server.Flows.Runs;

namespace Sluice.Soak.Tests;

/// <summary>Some runs that nobody disturbed, as the audit gets them.</summary>
public sealed class FineRecord : IAsyncLifetime
{
    private const int Answers = 80;

    internal SoakRecord Record { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new SoakOptions { Seed = 11, Kills = 0 };
        await using var world = await SoakWorld.Open(options);
        var book = new SoakBook();
        using var enough = new CancellationTokenSource();
        var caller = new SoakCaller(world, book, 0, options.Seed).Call(enough.Token);
        while (world.Answers < Answers && !caller.IsCompleted)
            await Task.Delay(5);
        await enough.CancelAsync();
        await caller;
        Record = await SoakRun.Finish(world, book);
        Directory.Delete(world.Folder, recursive: true);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The harness can fail: of a record that is fine, and spoilt in one place, the audit says what is wrong.</summary>
public sealed class AuditTests(FineRecord fine) : IClassFixture<FineRecord>
{
    [Fact]
    public void A_fine_record_breaks_no_promise() => Assert.Empty(Audit.Check(fine.Record));

    [Fact]
    public void A_run_that_has_not_ended_is_found() =>
        Found(
            Spoil(Row(), run => run with { EndedAt = null, Status = RunStatus.Running }),
            "has not ended"
        );

    [Fact]
    public void An_end_that_the_journal_does_not_come_to_is_found() =>
        Found(Spoil(Row(), run => run with { Status = RunStatus.Failed }), "its journal says");

    [Fact]
    public void Another_output_than_the_journals_is_found() =>
        Found(
            Spoil(Row(), run => run with { Output = [.. run.Output!, 0x10, 0x01] }),
            "another output"
        );

    [Fact]
    public void A_line_that_is_missing_is_found() =>
        Found(Spoil(Row(), lines: lines => [lines[0], .. lines.Skip(2)]), "has a gap");

    [Fact]
    public void A_last_line_that_is_missing_is_found() =>
        Found(Spoil(Row(), lines: lines => [.. lines.SkipLast(1)]), "has no end");

    [Fact]
    public void A_step_that_ran_although_what_it_needs_was_not_recorded_is_found() =>
        Found(Spoil(Row(), lines: lines => [.. lines.SkipLast(2)]), "was never recorded");

    [Fact]
    public void A_result_on_record_that_came_of_one_that_is_not_is_found() =>
        Found(Spoil(Row(), lines: lines => [lines[1], lines[2]]), "and what it was given is not");

    [Fact]
    public void A_recorded_step_that_runs_again_is_found()
    {
        var last = CallOf(Row());
        var again = last with { Stamp = "again", BeganAt = last.EndedAt + 1, Process = "later" };
        Found(fine.Record with { Calls = [.. fine.Record.Calls, again] }, "ran again");
    }

    [Fact]
    public void A_process_that_stood_still_may_make_one_call_again_on_each_processor_and_no_more()
    {
        var last = CallOf(Row());
        Call Again(int number) =>
            last with
            {
                Stamp = $"again {number}",
                BeganAt = last.EndedAt + number,
                Process = "later",
            };
        var stood = fine.Record with { Suspended = ["later"], Processors = 2 };
        Assert.Empty(Audit.Check(stood with { Calls = [.. stood.Calls, Again(1), Again(2)] }));
        Found(stood with { Calls = [.. stood.Calls, Again(1), Again(2), Again(3)] }, "ran again");
    }

    [Fact]
    public void A_step_that_one_server_runs_twice_is_found()
    {
        var call = CallOf(Row());
        Call[] twice =
        [
            call with
            {
                Stamp = "one",
                BeganAt = call.BeganAt - 2,
            },
            call with
            {
                Stamp = "two",
                BeganAt = call.BeganAt - 1,
            },
        ];
        Found(fine.Record with { Calls = [.. fine.Record.Calls, .. twice] }, "was called 2 times");
    }

    [Fact]
    public void A_result_that_no_call_gave_is_found()
    {
        var call = CallOf(Row());
        Found(
            fine.Record with
            {
                Calls = [.. fine.Record.Calls.Where(each => each.Stamp != call.Stamp)],
            },
            "that no call gave"
        );
    }

    [Fact]
    public void A_result_of_a_call_that_never_ended_is_found()
    {
        var call = CallOf(Row());
        Found(
            fine.Record with
            {
                Calls =
                [
                    .. fine.Record.Calls.Select(each =>
                        each.Stamp == call.Stamp ? each with { Outcome = null } : each
                    ),
                ],
            },
            "never ended"
        );
    }

    [Fact]
    public void Two_runs_for_one_key_are_found()
    {
        var row = Row();
        var twin = new RecordedRun(row.Run with { Id = "twin" }, [], row.Plan);
        Found(fine.Record with { Runs = [.. fine.Record.Runs, twin] }, "is 2 runs");
    }

    [Fact]
    public void An_accepted_run_that_is_missing_is_found()
    {
        var row = Row();
        Found(
            fine.Record with
            {
                Runs = [.. fine.Record.Runs.Where(each => each != row)],
            },
            "is not on record"
        );
    }

    [Fact]
    public void An_answer_that_does_not_stand_is_found()
    {
        var book = new SoakBook();
        foreach (var (text, asked) in fine.Record.Book.Requests)
            book.Requests[text] = asked;
        book.Ends.Enqueue(new SeenEnd(Row().Run.Id, RunStatus.Cancelled, null));
        Found(fine.Record with { Book = book }, "was said to have ended cancelled");
    }

    [Fact]
    public void A_run_in_another_tenant_is_found()
    {
        var row = Row();
        var other = fine.Record.Runs.First(each => each.Run.TenantId != row.Run.TenantId);
        Found(
            Spoil(row, run => run with { TenantId = other.Run.TenantId }),
            "belongs to another tenant"
        );
    }

    [Fact]
    public void A_list_that_shows_what_is_not_the_tenants_is_found()
    {
        var (tenant, shown) = fine.Record.Shown.First();
        var other = fine.Record.Runs.First(each => each.Run.TenantId != tenant);
        Found(
            fine.Record with
            {
                Shown = new Dictionary<string, IReadOnlyList<string>>(fine.Record.Shown)
                {
                    [tenant] = [.. shown, other.Run.Id],
                },
            },
            "is shown"
        );
    }

    [Fact]
    public void A_subflow_that_ended_otherwise_than_its_step_is_found()
    {
        var child = fine.Record.Runs.First(each =>
            each.Run is { ParentId: not null, Status: RunStatus.Succeeded }
        );
        Found(
            Spoil(child, run => run with { Output = [.. run.Output!, 0x10, 0x01] }),
            "has another result"
        );
    }

    private static void Found(SoakRecord record, string what) =>
        Assert.Contains(
            Audit.Check(record),
            violation => violation.Contains(what, StringComparison.Ordinal)
        );

    /// <summary>A run of three steps in a row that succeeded, and whose caller was told its id.</summary>
    private RecordedRun Row() =>
        fine.Record.Runs.First(each =>
            each.Run is { ParentId: null, ReplayOf: null, Status: RunStatus.Succeeded }
            && each.Run.Flow.EndsWith("/row", StringComparison.Ordinal)
            && each.Lines.Count == 3
            && fine.Record.Book.Requests[each.Text].Answered.Contains(each.Run.Id)
        );

    private Call CallOf(RecordedRun run)
    {
        var stamp = run.Stamped().Last().Stamp;
        return fine.Record.Calls.First(call => call.Stamp == stamp);
    }

    private SoakRecord Spoil(
        RecordedRun which,
        Func<Run, Run>? run = null,
        Func<IReadOnlyList<JournalLine>, IReadOnlyList<JournalLine>>? lines = null
    ) =>
        fine.Record with
        {
            Runs =
            [
                .. fine.Record.Runs.Select(each =>
                    each == which
                        ? new RecordedRun(
                            run?.Invoke(each.Run) ?? each.Run,
                            lines?.Invoke(each.Lines) ?? each.Lines,
                            each.Plan
                        )
                        : each
                ),
            ],
        };
}
