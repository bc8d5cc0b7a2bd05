using System.Text.Json;

namespace Sluice.Soak;

/// <summary>
/// Calls flows, one after the other, and writes down what it was told: some calls wait and some do not, some have an
/// Idempotency-Key and are sent until they are answered, some runs are cancelled, paused or run again.
/// </summary>
internal sealed class SoakCaller(SoakWorld world, SoakBook book, int number, int seed)
{
    /// <summary>Since servers live again: more cannot be asked of one that is killed all the time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Random _random = new(seed);
    private readonly List<(SoakTenant Tenant, string Run)> _recent = [];
    private int _asked;

    public async Task Call(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (_recent.Count > 0 && Chance(0.06))
                await Repeat();
            else
                await Once(stop);
            if (Chance(0.3))
                await Task.Delay(_random.Next(40), CancellationToken.None);
        }
    }

    private async Task Once(CancellationToken stop)
    {
        var tenant = world.Tenants[_random.Next(world.Tenants.Count)];
        var flow = SoakFlows.Names[_random.Next(SoakFlows.Names.Length)];
        var text = $"{tenant.Handle}/{number}-{_asked++}{(Chance(0.5) ? "!" : "")}";
        var asked = new Asked(tenant, flow, text, Chance(0.7) ? $"key of {text}" : null);
        book.Requests[text] = asked;
        var wait = Chance(0.5);
        var body = JsonSerializer.Serialize(
            new Dictionary<string, object?>
            {
                ["graph_id"] = tenant.Flows[flow],
                ["wait"] = wait,
                ["input"] = new Dictionary<string, object?>
                {
                    ["text"] = text,
                    ["items"] = Enumerable
                        .Range(0, _random.Next(1, 6))
                        .Select(item => new Dictionary<string, object>
                        {
                            ["text"] = $"{text}.{item}",
                        })
                        .ToArray(),
                },
                ["priority"] = _random.Next(10),
            }
                .Concat(Deadline())
                .ToDictionary()
        );
        if (await Invoke(asked, body, stop) is not { } run)
            return;
        _recent.Add((tenant, run));
        if (!wait && Chance(0.4))
            await Meddle(tenant, run);
    }

    private KeyValuePair<string, object?>[] Deadline() =>
        Chance(0.12) ? [new("timeout_ms", _random.Next(20, 400))] : [];

    /// <summary>The run that came of it; null when nobody knows.</summary>
    private async Task<string?> Invoke(Asked asked, string body, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource();
        await using var quiet = stop.Register(() => patience.CancelAfter(Patience));
        while (true)
        {
            var answer = await world.Send(
                HttpMethod.Post,
                "/invocations/v1/flows/invoke",
                asked.Tenant,
                body,
                asked.Key,
                _random.Next(2)
            );
            if (answer is (200 or 202 or 408 or 504, var accepted))
                return Note(asked, accepted);
            if (answer is (>= 500, _) or null)
            {
                // Without a key nobody may send it again: it may have been accepted.
                if (asked.Key is null)
                    return null;
                if (patience.IsCancellationRequested)
                {
                    book.Wrong.Enqueue(
                        $"{asked.Text} was not accepted in {Patience.TotalSeconds} s"
                    );
                    return null;
                }
                await Task.Delay(20, CancellationToken.None);
                continue;
            }
            book.Wrong.Enqueue($"{asked.Text} was answered {answer}");
            return null;
        }
    }

    private string? Note(Asked asked, JsonElement answer)
    {
        // A deadline is answered by a refusal, which names the run, too.
        var about = answer.TryGetProperty("error", out var error) ? error : answer;
        if (
            !answer.TryGetProperty("execution_id", out var id)
            && !about.TryGetProperty("execution_id", out id)
        )
        {
            book.Wrong.Enqueue($"{asked.Text} was answered without a run: {answer}");
            return null;
        }
        var run = id.GetString()!;
        asked.Answered.Enqueue(run);
        NoteEnd(run, answer);
        return run;
    }

    private void NoteEnd(string run, JsonElement answer)
    {
        var told = answer.GetProperty("status");
        // A deadline may also end as compensated: all that the refusal says is that the run has not succeeded.
        if (
            told.ValueKind != JsonValueKind.String
            || told.GetString() is not ("succeeded" or "failed" or "cancelled" or "compensated")
        )
            return;
        IReadOnlyList<string>? trail = null;
        if (
            answer.TryGetProperty("output", out var output)
            && output.ValueKind == JsonValueKind.Object
        )
            trail = output.TryGetProperty("trail", out var stamps)
                ? [.. stamps.EnumerateArray().Select(stamp => stamp.GetString()!)]
                : [];
        book.Ends.Enqueue(new SeenEnd(run, told.GetString()!, trail));
    }

    private async Task Meddle(SoakTenant tenant, string run)
    {
        await Task.Delay(_random.Next(60), CancellationToken.None);
        switch (_random.Next(4))
        {
            case 0:
                await Act(tenant, run, "cancel");
                break;
            case 1:
            case 2:
                await Act(tenant, run, "pause");
                await Task.Delay(_random.Next(120), CancellationToken.None);
                // Not all: some stay paused until the soak lets them go on.
                if (Chance(0.8))
                    await Act(tenant, run, "resume");
                break;
            default:
                await Look(tenant, run);
                break;
        }
    }

    private async Task Act(SoakTenant tenant, string run, string act) =>
        Judge(
            run,
            act,
            await world.Send(
                HttpMethod.Post,
                $"/api/v1/runs/{run}/{act}",
                tenant,
                "{}",
                pick: _random.Next(2)
            )
        );

    private async Task Look(SoakTenant tenant, string run) =>
        Judge(
            run,
            "look",
            await world.Send(HttpMethod.Get, $"/api/v1/runs/{run}", tenant, pick: _random.Next(2))
        );

    private void Judge(string run, string act, (int Status, JsonElement Body)? answer)
    {
        if (answer is (200, var shown))
            NoteEnd(run, shown);
        else if (answer is not ((409 or >= 500, _) or null))
            book.Wrong.Enqueue($"{act} of run {run} was answered {answer}");
    }

    /// <summary>Runs one again, whole.</summary>
    private async Task Repeat()
    {
        var (tenant, run) = _recent[_random.Next(_recent.Count)];
        var answer = await world.Send(
            HttpMethod.Post,
            $"/api/v1/runs/{run}/replay",
            tenant,
            """{"wait":false}""",
            pick: _random.Next(2)
        );
        if (answer is (200 or 202, var body) && body.TryGetProperty("execution_id", out var id))
            book.Replays[id.GetString()!] = tenant;
        else if (answer is not ((409 or >= 500, _) or null))
            book.Wrong.Enqueue($"a replay of run {run} was answered {answer}");
    }

    private bool Chance(double of) => _random.NextDouble() < of;
}
