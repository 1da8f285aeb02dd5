using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NATS.Client.Core;
using NATS.Client.JetStream;
using StereoSpike.Tests;

namespace StereoSpike.Fleet.Tests;

/// <summary>A queue on a real NATS server.</summary>
public sealed class NatsFleetTests : IDisposable
{
    private readonly TemporaryFolder _store = new();
    private readonly TestJobs _jobs = new();

    public void Dispose()
    {
        _jobs.Dispose();
        _store.Dispose();
    }

    [NatsFact]
    public async Task A_job_is_in_the_queue_once_also_while_it_is_worked_on_and_comes_again_when_its_worker_falls_silent()
    {
        using var server = new NatsServer(_store.Path);
        await using NatsFleet fleet = await NatsFleet.OpenAsync(server.Address, "q", TimeSpan.FromSeconds(1));
        Job job = _jobs.Make("walk");

        Assert.True(await fleet.Jobs.OfferAsync(job));
        Assert.False(await fleet.Jobs.OfferAsync(job));
        IJobDelivery first = (await fleet.Jobs.NextAsync())!;
        Assert.False(await fleet.Jobs.OfferAsync(job));

        // Silent for longer than a second: it comes again. With a word now and then it does not.
        IJobDelivery second = (await fleet.Jobs.NextAsync())!;
        Assert.Equal(first.Body.ToArray(), second.Body.ToArray());
        Task<IJobDelivery?> third = fleet.Jobs.NextAsync();
        for (int i = 0; i < 6; i++)
        {
            await Task.Delay(250);
            await second.ExtendAsync();
        }

        Assert.Null(await third);
        await second.GiveBackAsync(TimeSpan.Zero);
        IJobDelivery last = (await fleet.Jobs.NextAsync())!;
        await last.AcknowledgeAsync();
        Assert.Equal(0, await fleet.Jobs.CountAsync());
        Assert.True(await fleet.Jobs.OfferAsync(job));
        await fleet.Jobs.ClearAsync();
        Assert.Equal(0, await fleet.Jobs.CountAsync());
    }

    [NatsFact]
    public async Task A_server_that_dies_and_comes_back_has_lost_nothing()
    {
        using var server = new NatsServer(_store.Path);
        await using NatsFleet fleet = await NatsFleet.OpenAsync(server.Address, "q", TimeSpan.FromSeconds(1));
        Job[] jobs = [.. Enumerable.Range(0, 8).Select(i => _jobs.Make($"walk{i}", frames: 4, framesAPart: 2))];
        await Submission.MakeAsync(fleet.Jobs, fleet.Board, _jobs.Folder, jobs);
        int begun = 0;
        _jobs.Before = (_, _) =>
        {
            if (Interlocked.Increment(ref begun) is 4 or 9)
            {
                server.KillAndRestart();
            }

            return Task.CompletedTask;
        };

        await _jobs.Worker(fleet.Jobs, fleet.Board).RunAsync(new CancellationTokenSource(TimeSpan.FromSeconds(40)).Token);

        Assert.Equal(8, _jobs.Results().Length);
        Assert.All(jobs, job => Assert.Equal("[0-1][2-3]", _jobs.ResultOf(job)));
        FleetReport report = await FleetReport.OfAsync(fleet.Board, DateTimeOffset.UtcNow);
        Assert.Equal(24, report.Jobs[JobState.Done]);
        Assert.Empty(report.Workers);   // it said goodbye

        // What the server had forgotten to forget does not keep a job from being done anew.
        Directory.Delete(Path.Combine(_jobs.Path, "out"), recursive: true);
        Assert.Equal(new Submission(16, 0, 0), await Submission.MakeAsync(fleet.Jobs, fleet.Board, _jobs.Folder, jobs));
    }

    [NatsFact]
    public async Task Nobodys_change_of_a_record_is_lost()
    {
        using var server = new NatsServer(_store.Path);
        JobRecord begin = JobRecord.Of(_jobs.Make("walk"));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using NatsFleet fleet = await NatsFleet.OpenAsync(server.Address, "q");
            for (int i = 0; i < 25; i++)
            {
                await fleet.Board.ChangeAsync("key", old => (old ?? begin) with { Attempts = (old?.Attempts ?? 0) + 1 });
            }
        }));

        await using NatsFleet last = await NatsFleet.OpenAsync(server.Address, "q");
        Assert.Equal(100, Assert.Single(await last.Board.RecordsAsync()).Value.Attempts);
        Assert.Equal(TimeSpan.FromSeconds(30), last.Jobs.Patience);
    }

    [NatsFact]
    public async Task Messages_of_others_are_refused_and_counted()
    {
        using var server = new NatsServer(_store.Path);
        await using NatsFleet fleet = await NatsFleet.OpenAsync(server.Address, "q");
        await using (NatsConnection stranger = await server.Address.ConnectAsync())
        {
            var context = new NatsJSContext(stranger);
            await context.PublishAsync("stereospike.jobs.v1.q.x", "buy now"u8.ToArray());
            await context.PublishAsync("stereospike.jobs.v1.q.y", Array.Empty<byte>());
            await context.PublishAsync("stereospike.jobs.v1.q.z", new byte[Job.MostBytes + 1]);
            await context.PublishAsync("stereospike.jobs.v1.q.out", (_jobs.Make("outside") with { Recording = "../../../etc/passwd" }).ToBytes());
        }

        Job job = _jobs.Make("walk");
        await Submission.MakeAsync(fleet.Jobs, fleet.Board, _jobs.Folder, [job]);
        Worker worker = _jobs.Worker(fleet.Jobs, fleet.Board, tries: 1);
        await worker.RunAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);

        FleetReport report = await FleetReport.OfAsync(fleet.Board, DateTimeOffset.UtcNow);
        Assert.Equal((3, 3L), (worker.Tally.Refused, report.Refused));
        Assert.Contains("leads out of the shared folder", Assert.Single(report.SetAside).Error, StringComparison.Ordinal);
        Assert.Equal("walk", _jobs.ResultOf(job));
    }

    [NatsFact]
    public async Task Passwords_and_certificates_are_passed_on_and_who_has_none_is_not_let_in()
    {
        (string authorities, string certificate, string key) = Certificates();
        using var server = new NatsServer(_store.Path, ["--user", "ann", "--pass", "secret word", "--tls", $"--tlscert={certificate}", $"--tlskey={key}"]);
        string host = server.Url["nats://".Length..];
        var address = new NatsAddress { Url = $"tls://ann:secret%20word@{host}", TlsAuthorities = authorities };

        await using (NatsFleet fleet = await NatsFleet.OpenAsync(address, "q"))
        {
            Assert.True(await fleet.Jobs.OfferAsync(_jobs.Make("walk")));
        }

        await Refused(address with { Url = $"tls://ann:wrong@{host}" });
        await Refused(new NatsAddress { Url = $"nats://ann:secret%20word@{host}" });   // the certificate's authority is unknown here
        IOException failure = await Refused(new NatsAddress { Url = "nats://bob:hidden@127.0.0.1:1" });
        Assert.StartsWith("nats://127.0.0.1:1: no NATS server lets us in there", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", failure.Message, StringComparison.Ordinal);

        static Task<IOException> Refused(NatsAddress wrong) => Assert.ThrowsAnyAsync<IOException>(() => NatsFleet.OpenAsync(wrong, "q"));
    }

    private (string Authorities, string Certificate, string Key) Certificates()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=test authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
        using X509Certificate2 root = authority.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var request = new CertificateRequest("CN=127.0.0.1", serverKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = request.Create(root, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddHours(12), [1, 2, 3]);
        (string, string, string) files = (_store.File("ca.pem"), _store.File("server.pem"), _store.File("server.key"));
        File.WriteAllText(files.Item1, root.ExportCertificatePem());
        File.WriteAllText(files.Item2, signed.ExportCertificatePem());
        File.WriteAllText(files.Item3, serverKey.ExportPkcs8PrivateKeyPem());
        return files;
    }
}
