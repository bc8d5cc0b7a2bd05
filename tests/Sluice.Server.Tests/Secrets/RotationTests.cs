using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Seal;
using Sluice.Server.Secrets;
using Sluice.Server.Store;

namespace Sluice.Server.Tests.Secrets;

public sealed class RotationOnSqlite() : RotationPromises(postgres: false);

public sealed class RotationOnPostgres() : RotationPromises(postgres: true);

public abstract class RotationPromises(bool postgres) : StoreSuite(postgres)
{
    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task The_master_key_is_made_once_for_its_owner_alone_and_survives_a_restart()
    {
        using var ground = NewGround();
        string before;
        await using (var house = await Start(ground))
        {
            var file = Path.Combine(ground.Folder, "master.key");
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(file)
            );
            Assert.DoesNotContain(File.ReadAllLines(file)[0], house.Log, StringComparison.Ordinal);
            before = house.Masters.Ring.Current.Id.ToString();
        }
        await using var again = await Start(ground);
        Assert.Equal(before, again.Masters.Ring.Current.Id.ToString());
        Assert.Equal(
            ["master.key"],
            Directory.GetFiles(ground.Folder, "master.key*").Select(Path.GetFileName)
        );
    }

    [Fact]
    public async Task Rotating_the_master_key_loses_no_secret()
    {
        using var ground = NewGround();
        var tenants = new List<Tenant>();
        await using (var house = await Start(ground, ["--Secrets:RotationBatch", "2"]))
        {
            for (var number = 0; number < 5; number++)
            {
                tenants.Add(await house.NewTenant($"tenant-{number}"));
                await tenants[number].Save("TOKEN", $"value {number}");
            }
            var running = await tenants[0].Pin();
            var before = house.Masters.Ring.Current.Id.ToString();

            var answer = await house.Admin(
                HttpMethod.Post,
                "/api/v1/admin/secrets/keys/rotate-master"
            );
            Assert.Equal(202, answer.Status);
            Assert.NotEqual(before, (string)answer.Json["master_key_id"]!);
            Assert.Equal(
                [before],
                answer.Json["former_master_key_ids"]!.AsArray().Select(id => (string)id!)
            );
            for (var number = 0; number < 5; number++)
                Assert.Equal($"value {number}", await tenants[number].ReadNow("TOKEN"));

            var after = await Finish(house);
            Assert.Equal(
                (5, 0, 0),
                (
                    (int)after.Json["data_keys"]!,
                    (int)after.Json["left_to_wrap"]!,
                    (int)after.Json["left_to_seal"]!
                )
            );
            Assert.Equal("value 0", await tenants[0].Read(running, "TOKEN"));
        }

        // The former key is not needed any more: the file can lose its line.
        var file = Path.Combine(ground.Folder, "master.key");
        File.WriteAllLines(file, File.ReadAllLines(file).Take(1));
        await using var again = await Start(ground);
        for (var number = 0; number < 5; number++)
            Assert.Equal($"value {number}", await ReadNow(again, tenants[number], "TOKEN"));
    }

    [Fact]
    public async Task Rotating_data_keys_loses_no_secret_and_no_pinned_version()
    {
        // An unfinished run has pinned the values as they are before the replacement below.
        await using var house = await Start(
            ["--Secrets:RotationBatch", "3", "--Secrets:KeepEnded", "00:00:00"],
            services =>
            {
                services.AddSingleton<OldestPin>((_, _, _) => Task.FromResult<long?>(10));
                // Runs would keep the retired key for minutes: servers may seal with it that long.
                services.AddSingleton<SealsPayloads>((_, _, _) => Task.FromResult(false));
            }
        );
        var tenant = await house.NewTenant("acme");
        for (var number = 0; number < 10; number++)
            await tenant.Save($"TOKEN_{number}", $"value {number}");
        var running = await tenant.Pin();
        await tenant.Save("TOKEN_0", "replaced", replace: true);

        Assert.Equal(
            202,
            (await house.Admin(HttpMethod.Post, "/api/v1/admin/secrets/keys/rotate-data")).Status
        );
        Assert.Equal("value 9", await tenant.ReadNow("TOKEN_9"));
        // Retired keys go once they seal nothing; times are whole milliseconds, so not within the same one.
        while ((int)(await Finish(house)).Json["data_keys"]! > 1)
            await Task.Yield();

        for (var number = 0; number < 10; number++)
            Assert.Equal($"value {number}", await tenant.Read(running, $"TOKEN_{number}"));
        Assert.Equal("replaced", await tenant.ReadNow("TOKEN_0"));
    }

    [Fact]
    public async Task An_interrupted_rotation_reads_throughout_and_goes_on_at_the_next_start()
    {
        using var ground = NewGround();
        string[] settings = ["--Secrets:RotationBatch", "1"];
        Tenant tenant;
        await using (var house = await Start(ground, settings))
        {
            tenant = await house.NewTenant("acme");
            for (var number = 0; number < 4; number++)
                await tenant.Save($"TOKEN_{number}", $"value {number}");
            // Without the routes, which would wake the rotator: it is stopped after its first step here.
            house.Masters.Rotate();
            await house.Database.Write(async session =>
            {
                await DataKeyStore.RetireCurrent(session, tenant.Id, 1);
                await house.Get<SecretVault>().AddKey(session, tenant.Id, 2);
            });
            await house.Rotator.SealSome(CancellationToken.None);
            var half = await house.Admin(HttpMethod.Get, "/api/v1/admin/secrets/keys");
            Assert.InRange((int)half.Json["left_to_seal"]!, 0, 3);
            for (var number = 0; number < 4; number++)
                Assert.Equal($"value {number}", await tenant.ReadNow($"TOKEN_{number}"));
        }
        await using var again = await Start(ground, settings);
        var left = await Finish(again);
        Assert.Equal((0, 0), ((int)left.Json["left_to_wrap"]!, (int)left.Json["left_to_seal"]!));
        for (var number = 0; number < 4; number++)
            Assert.Equal($"value {number}", await ReadNow(again, tenant, $"TOKEN_{number}"));
    }

    [Fact]
    public async Task Saves_and_reads_go_on_while_both_keys_rotate_again_and_again()
    {
        await using var house = await Start(
            settings: ["--Secrets:RotationBatch", "2", "--Secrets:KeepEnded", "00:00:00"]
        );
        var tenant = await house.NewTenant("acme");
        using var done = new CancellationTokenSource();
        var rotating = Task.Run(async () =>
        {
            for (var round = 0; round < 8; round++)
            {
                Assert.Equal(
                    202,
                    (
                        await house.Admin(
                            HttpMethod.Post,
                            "/api/v1/admin/secrets/keys/rotate-master"
                        )
                    ).Status
                );
                Assert.Equal(
                    202,
                    (
                        await house.Admin(HttpMethod.Post, "/api/v1/admin/secrets/keys/rotate-data")
                    ).Status
                );
                await house.Rotator.Round(CancellationToken.None);
            }
            await done.CancelAsync();
        });
        var number = 0;
        while (!done.IsCancellationRequested && !rotating.IsFaulted)
        {
            var name = $"TOKEN_{number % 7}";
            Assert.InRange(
                (await tenant.Save(name, $"value {number}", replace: true)).Status,
                200,
                201
            );
            Assert.Equal($"value {number}", await tenant.ReadNow(name));
            number++;
        }
        await rotating;
        Assert.True(number > 0);
    }

    [Fact]
    public async Task A_server_reads_the_file_again_when_another_has_rotated_it()
    {
        await using var house = await Start();
        var tenant = await house.NewTenant("acme");
        await tenant.Save("TOKEN", "value");
        // Its rounds read the file too.
        await house.Rotator.StopAsync(TestContext.Current.CancellationToken);

        // The other server shares file and store: it rotates and wraps anew.
        using var other = new MasterKeys(
            null,
            null,
            Path.Combine(house.Folder, "master.key"),
            house.Get<ILogger<MasterKeys>>()
        );
        other.Open([]);
        other.Rotate();
        await house.Database.Write(async session =>
        {
            var old = (await DataKeyStore.Current(session, tenant.Id))!;
            using var key = other.Unwrap(old.Wrapped, tenant.Id);
            await DataKeyStore.Rewrap(
                session,
                old,
                other.Ring.Current.Id.ToString(),
                other.Ring.Current.Wrap(key, WrappedKey.AssociatedData(tenant.Id))
            );
        });
        Assert.NotEqual(other.Ring.Current.Id, house.Masters.Ring.Current.Id);
        Assert.Equal("value", await tenant.ReadNow("TOKEN"));
        Assert.Equal(other.Ring.Current.Id, house.Masters.Ring.Current.Id);
    }

    [Fact]
    public async Task A_master_key_from_the_environment_is_rotated_by_setting_another()
    {
        using var ground = NewGround();
        var (first, second) = (Base64Key(1), Base64Key(2));
        Tenant tenant;
        await using (var house = await Start(ground, ["--SLUICE_MASTER_KEY", first]))
        {
            tenant = await house.NewTenant("acme");
            await tenant.Save("TOKEN", "value");
            Assert.False(File.Exists(Path.Combine(ground.Folder, "master.key")));
            Assert.Equal(
                "master_key_set_outside",
                (
                    await house.Admin(HttpMethod.Post, "/api/v1/admin/secrets/keys/rotate-master")
                ).Code
            );
        }
        await using (
            var house = await Start(
                ground,
                [
                    "--SLUICE_MASTER_KEY",
                    second,
                    "--SLUICE_MASTER_KEYS_OLD",
                    $"{Base64Key(9)}, {first}",
                ]
            )
        )
        {
            Assert.Equal("value", await ReadNow(house, tenant, "TOKEN"));
            await Finish(house);
        }
        await using (var house = await Start(ground, ["--SLUICE_MASTER_KEY", second]))
            Assert.Equal("value", await ReadNow(house, tenant, "TOKEN"));
    }

    [Fact]
    public async Task A_store_whose_master_key_is_lost_refuses_to_start_and_names_it()
    {
        using var ground = NewGround();
        string lost;
        await using (var house = await Start(ground))
        {
            await (await house.NewTenant("acme")).Save("TOKEN", "value");
            lost = house.Masters.Ring.Current.Id.ToString();
        }
        File.Delete(Path.Combine(ground.Folder, "master.key"));
        var missing = await Assert.ThrowsAsync<MasterKeyException>(() => Start(ground));
        Assert.False(File.Exists(Path.Combine(ground.Folder, "master.key")));

        var wrong = await Assert.ThrowsAsync<MasterKeyException>(() =>
            Start(ground, ["--SLUICE_MASTER_KEY", Base64Key(1)])
        );
        Assert.Contains(lost, wrong.Message, StringComparison.Ordinal);
        Assert.Contains("master.key", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not base64 at all")]
    [InlineData("AAAA")]
    public async Task A_master_key_that_is_none_is_refused_without_being_repeated(string text)
    {
        var refused = await Assert.ThrowsAsync<MasterKeyException>(() =>
            Start(settings: ["--SLUICE_MASTER_KEY", text])
        );
        Assert.DoesNotContain(text, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Works until nothing is left, beside the server's own rounds, and answers the status.</summary>
    private static async Task<Answer> Finish(SecretHouse house)
    {
        while (true)
        {
            await house.Rotator.Round(CancellationToken.None);
            var status = await house.Admin(HttpMethod.Get, "/api/v1/admin/secrets/keys");
            if ((int)status.Json["left_to_wrap"]! + (int)status.Json["left_to_seal"]! == 0)
                return status;
            await Task.Yield();
        }
    }

    private static async Task<string?> ReadNow(SecretHouse house, Tenant tenant, string name)
    {
        using var memory = new PinnedSecret(SecretBody.MostBytes);
        var pin = await house.Pins.Pin(tenant.Id, "live", null, CancellationToken.None);
        var reading = await house.Pins.Read(pin, name, memory.Memory, CancellationToken.None);
        return reading.Status == SecretStatus.Available
            ? System.Text.Encoding.UTF8.GetString(memory.Span[..reading.Length])
            : null;
    }

    private static string Base64Key(byte fill) =>
        Convert.ToBase64String(Enumerable.Repeat(fill, 32).ToArray());
}
