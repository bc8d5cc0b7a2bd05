using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Sluice.House.Tests;

/// <summary>The rule of arrows (MAP.md): a room knows rooms beneath it only.</summary>
public sealed partial class ArrowTests
{
    [Fact]
    public void A_room_knows_only_rooms_beneath_it()
    {
        var rooms = Rooms();
        var wrong = new List<string>();
        foreach (var file in Tree.Sources("src", "Sluice.Server"))
        {
            var relative = Path.GetRelativePath(Tree.Path("src", "Sluice.Server"), file);
            var room = relative.Split('/')[0];
            if (room == relative)
                continue;
            var place = rooms.IndexOf(room);
            Assert.True(place >= 0, $"{room} is not in MAP.md's list of rooms");
            var text = File.ReadAllText(file);
            foreach (
                var known in RoomsNamed()
                    .Matches(text)
                    .Select(match => match.Groups["room"].Value)
                    .Distinct()
            )
            {
                if (known != room && rooms.IndexOf(known) <= place)
                    wrong.Add($"{relative} knows {known}, which stands above {room}");
            }
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_room_knows_the_files_that_put_the_rooms_together()
    {
        var wrong = Tree.Sources("src", "Sluice.Server")
            .Where(file => Path.GetDirectoryName(file) != Tree.Path("src", "Sluice.Server"))
            .Where(file => RootTypes().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(Tree.Root, file));
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_room_has_a_readme()
    {
        Assert.All(
            Rooms(),
            room =>
                Assert.True(
                    room == "Vocabulary"
                        || File.Exists(Tree.Path("src", "Sluice.Server", room, "README.md")),
                    room
                )
        );
    }

    [Theory]
    [InlineData("Sluice.Seal")]
    [InlineData("Sluice.Language")]
    [InlineData("Sluice.Runner", "Sluice.Language", "Sluice.Seal")]
    [InlineData("Sluice.Server", "Sluice.Language", "Sluice.Runner", "Sluice.Seal")]
    [InlineData("Sluice.Client")]
    [InlineData("Sluice.Cli", "Sluice.Client", "Sluice.Language", "Sluice.Seal")]
    public void A_project_refers_to_no_project_but_these(string project, params string[] allowed)
    {
        var references = XDocument
            .Load(Tree.Path("src", project, project + ".csproj"))
            .Descendants("ProjectReference")
            .Select(reference =>
                Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)
            );
        Assert.Empty(references.Except(allowed));
    }

    [Fact]
    public void Seal_uses_no_package_and_does_no_input_or_output()
    {
        Assert.Empty(
            XDocument
                .Load(Tree.Path("src", "Sluice.Seal", "Sluice.Seal.csproj"))
                .Descendants("PackageReference")
        );
        Assert.All(
            Tree.Sources("src", "Sluice.Seal"),
            file =>
                Assert.DoesNotMatch(
                    @"\b(File|Directory|Socket|HttpClient|Console|Process)\.",
                    File.ReadAllText(file)
                )
        );
    }

    [Fact]
    public void Only_the_store_speaks_to_a_database()
    {
        var wrong = Tree.Sources("src", "Sluice.Server")
            .Where(file => !file.Contains("/Store/", StringComparison.Ordinal))
            .Where(file =>
                File.ReadAllText(file).Contains("new SqliteConnection", StringComparison.Ordinal)
            );
        Assert.Empty(wrong);
    }

    [Fact]
    public void One_file_makes_clients_for_HTTP_so_that_all_take_the_operators_proxy_and_issuers()
    {
        var made = Tree.Sources("src", "Sluice.Server")
            .Where(file => HttpClients().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(Tree.Path("src", "Sluice.Server"), file));
        Assert.Equal([Path.Combine("Outbound", "OutboundHttp.cs")], made);
    }

    private static List<string> Rooms() =>
        [
            .. RoomLines()
                .Matches(File.ReadAllText(Tree.Path("MAP.md")))
                .Select(match => match.Groups["room"].Value),
        ];

    [GeneratedRegex(
        @"^\d+\. (?<room>\w+):",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex RoomLines();

    [GeneratedRegex(
        @"\bnew (HttpClient|SocketsHttpHandler|HttpClientHandler)\b",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex HttpClients();

    [GeneratedRegex(@"\bSluice\.Server\.(?<room>[A-Z]\w+)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RoomsNamed();

    [GeneratedRegex(
        @"(?<![\w.])(ServerOptions|Hosting\.|Health\.|House\.Build)\b",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex RootTypes();
}
