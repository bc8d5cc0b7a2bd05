using Sluice.Server.Doors;
using Sluice.Server.Vocabulary;

namespace Sluice.House.Tests;

/// <summary>Doors.cs and spec/access.md say the same.</summary>
public sealed class AccessTests
{
    [Fact]
    public void The_table_of_doors_says_what_the_page_says()
    {
        var page = File.ReadAllLines(Tree.Path("spec", "access.md"))
            .SkipWhile(line => !line.StartsWith("| family", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line =>
                string.Join(" | ", line.Trim('|').Split('|').Select(cell => cell.Trim()))
            )
            .ToList();
        Assert.Equal(page, DoorTable.Rows.Select(Describe));
    }

    [Fact]
    public void The_longest_route_decides()
    {
        Assert.Equal(
            "secret overrides",
            DoorTable.Find("PUT", "/api/v1/configs/{id}/secrets/{name}")?.Family
        );
        Assert.Equal("flows", DoorTable.Find("PUT", "/api/v1/configs/{id}")?.Family);
        Assert.Equal("validation", DoorTable.Find("POST", "/api/v1/flows/validate")?.Family);
        Assert.Equal("flows", DoorTable.Find("GET", "/api/v1/flows/validate")?.Family);
        Assert.Null(DoorTable.Find("GET", "/api/v1/keysmith"));
        Assert.Null(DoorTable.Find("GET", "/secret-plans"));
    }

    private static string Describe(Row row) =>
        string.Join(
            " | ",
            row.Family,
            string.Join(", ", row.Routes.Select(route => $"`{route}`")),
            Doors(row.Doors),
            Cell(row.Read),
            Cell(row.Change),
            row.Bound ? "yes" : "no"
        );

    private static string Cell(Scopes scopes) =>
        scopes == Scopes.None
            ? "–"
            : string.Join(' ', ScopeNames.Names(scopes).Select(name => $"`{name}`"));

    private static string Doors(Door doors) =>
        doors == Door.None
            ? "none"
            : string.Join(
                ", ",
                Enum.GetValues<Door>()
                    .Where(door => door != Door.None && doors.HasFlag(door))
                    .Select(door => door == Door.Scim ? "SCIM" : door.ToString().ToLowerInvariant())
            );
}
