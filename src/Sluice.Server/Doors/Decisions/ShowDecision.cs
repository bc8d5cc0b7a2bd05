using Microsoft.AspNetCore.Mvc;
using Sluice.Seal;
using Sluice.Server.Keys;
using Sluice.Server.Ledger;
using Sluice.Server.Store;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Doors.Decisions;

/// <summary>Why a request was refused: what was checked in which order, what passed, what did not, and what to do.</summary>
internal static class ShowDecision
{
    internal sealed record Response
    {
        public required string RequestId { get; init; }

        public required string At { get; init; }

        public required string Method { get; init; }

        public required string Route { get; init; }

        public required int Status { get; init; }

        public required string Code { get; init; }

        public required string Detail { get; init; }

        /// <summary><c>key</c>, <c>license</c>, <c>session</c>, <c>scim</c>, <c>admin</c>, or <c>none</c> where nobody has proven who it is.</summary>
        public required string Door { get; init; }

        public KeyShort? Key { get; init; }

        /// <summary>The member or account behind the credential.</summary>
        public string? Actor { get; init; }

        public string? ActorName { get; init; }

        public string? Environment { get; init; }

        /// <summary>Where the request came from.</summary>
        public string? Address { get; init; }

        /// <summary>In the order in which they are made.</summary>
        public required IReadOnlyList<Check> Checks { get; init; }

        /// <summary>Steps that lead on, the likeliest first.</summary>
        public required IReadOnlyList<string> WhatToDo { get; init; }
    }

    /// <summary>A key, as far as it may be shown.</summary>
    internal sealed record KeyShort(string Id, string? Name, string? Masked);

    /// <param name="Name">What was checked.</param>
    /// <param name="Outcome"><c>passed</c>, <c>refused</c>, or <c>not_reached</c>.</param>
    /// <param name="Said">What was found, where there is more to say.</param>
    internal sealed record Check(string Name, string Outcome, string? Said);

    public static async Task<IResult> Handle(
        [FromRoute(Name = "request_id")] string requestId,
        Caller caller,
        Database database,
        RefusalLog refusals,
        CancellationToken stop
    )
    {
        var tenant = LedgerRoutes.ChainOf(caller);
        var decision = await Find();
        if (decision is null)
        {
            // It may be waiting to be written, here.
            await refusals.Flush(stop);
            decision = await Find();
        }
        if (decision is null)
            return DoorRefusals.DecisionNotFound;
        var key =
            decision.KeyId is { } id && tenant != Audit.House
                ? await database.Read(session => KeyStore.Find(session, tenant, id), stop)
                : null;
        return TypedResults.Json(Show(decision, key), DecisionJson.Default.ShowDecisionResponse);

        Task<Decision?> Find() =>
            database.Read(session => DecisionStore.Find(session, tenant, requestId), stop);
    }

    private static Response Show(Decision decision, Key? key) =>
        new()
        {
            RequestId = decision.RequestId,
            At = LedgerTime.Write(DateTimeOffset.FromUnixTimeMilliseconds(decision.At)),
            Method = decision.Method,
            Route = decision.Route,
            Status = decision.Status,
            Code = decision.Code,
            Detail = decision.Detail,
            Door = LedgerEntry.NameOf(decision.Door),
            Key = decision.KeyId is { } id ? new KeyShort(id, key?.Name, key?.Masked) : null,
            Actor = decision.Actor,
            ActorName = decision.ActorName,
            Environment = decision.Environment,
            Address = decision.Address,
            Checks = Checks.Of(decision),
            WhatToDo = Advice.On(decision),
        };
}
