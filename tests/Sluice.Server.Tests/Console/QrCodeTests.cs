using System.Diagnostics;
using System.Text;
using Sluice.Server.Console.Components;

namespace Sluice.Server.Tests.Console;

/// <summary>QR codes, read by Debian's zbar, which is not ours.</summary>
public sealed class QrCodeTests
{
    /// <summary>Bytes that the versions 1 to 20 hold at level M, as ISO/IEC 18004 lists them.</summary>
    private static readonly int[] Longest =
    [
        14,
        26,
        42,
        62,
        84,
        106,
        122,
        152,
        180,
        213,
        251,
        287,
        331,
        362,
        412,
        450,
        504,
        560,
        624,
        666,
    ];

    [Fact]
    public async Task A_reader_that_is_not_ours_reads_the_fullest_code_of_every_version()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-qr-");
        try
        {
            var texts = Longest.Select(length => Text(length)).ToList();
            for (var version = 1; version <= texts.Count; version++)
            {
                var code = QrCode.Of(texts[version - 1])!;
                Assert.Equal(17 + (4 * version), code.Size);
                await File.WriteAllTextAsync(
                    Path.Combine(folder.FullName, $"{version:D2}.pbm"),
                    Picture(code)
                );
            }
            Assert.Equal(texts, await Read(folder.GetFiles().Order(ByName)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void What_is_too_long_has_no_code() => Assert.Null(QrCode.Of(Text(Longest[^1] + 1)));

    private static Comparer<FileInfo> ByName =>
        Comparer<FileInfo>.Create((one, other) => string.CompareOrdinal(one.Name, other.Name));

    private static string Text(int length) =>
        string.Concat(
            Enumerable.Range(0, length).Select(at => "otpauth://totp/Sluice%20"[at % 24])
        );

    /// <summary>A portable bitmap, four dots for a module.</summary>
    private static string Picture(QrCode code)
    {
        const int scale = 4;
        var side = (code.Size + (2 * QrCode.Quiet)) * scale;
        var picture = new StringBuilder($"P1\n{side} {side}\n");
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                var (column, row) = ((x / scale) - QrCode.Quiet, (y / scale) - QrCode.Quiet);
                var inside = column >= 0 && row >= 0 && column < code.Size && row < code.Size;
                picture.Append(inside && code.IsDark(column, row) ? "1 " : "0 ");
            }
            picture.Append('\n');
        }
        return picture.ToString();
    }

    private static async Task<IReadOnlyList<string>> Read(IEnumerable<FileInfo> pictures)
    {
        var start = new ProcessStartInfo("zbarimg")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        foreach (
            var argument in (string[])
                [
                    "--nodbus",
                    "--quiet",
                    "--raw",
                    "-Sdisable",
                    "-Sqrcode.enable",
                    .. pictures.Select(each => each.FullName),
                ]
        )
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var read = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return read.TrimEnd('\n').Split('\n');
    }
}
