using System.Text;
using CsCheck;

namespace StereoSpike.Fleet.Tests;

public sealed class JobTests : IDisposable
{
    private readonly TestJobs _jobs = new();

    public void Dispose() => _jobs.Dispose();

    [Fact]
    public void The_same_content_and_settings_are_the_same_job_and_anything_else_is_another()
    {
        Job job = _jobs.Make("walk") with { Settings = ["--near", "10"], Files = new Dictionary<string, JobFile> { ["--weights"] = new("w.safetensors", "ab") } };

        Assert.Equal(job.Id, (job with { Recording = "elsewhere/walk.txt" }).Id);
        Assert.Equal(job.Id, (job with { Files = new Dictionary<string, JobFile> { ["--weights"] = new("copy.safetensors", "ab") } }).Id);
        Job[] others =
        [
            job with { Content = "00" }, job with { Name = "run" }, job with { Verb = "evaluate" }, job with { Settings = ["--near", "9"] }, job with { Settings = ["--near 10"] }, job with { Out = "there" },
            job with { Files = new Dictionary<string, JobFile> { ["--weights"] = new("w.safetensors", "cd") } },
        ];
        Assert.All(others, other => Assert.NotEqual(job.Id, other.Id));
    }

    [Fact]
    public void Parts_hold_each_frame_once_and_a_message_comes_back_as_it_was()
    {
        Job whole = _jobs.Make("walk");
        Gen.Select(Gen.Int[1, 3000], Gen.Int[1, 700]).Sample((frames, most) =>
        {
            Job[] parts = [.. (whole with { Frames = frames, FramesAPart = most }).Parts()];

            Assert.Equal(Enumerable.Range(0, frames), parts.SelectMany(part => part.Step == JobStep.Whole ? Enumerable.Range(0, frames) : Enumerable.Range(part.First, part.Last - part.First + 1)));
            Assert.Equal(1, parts.Sum(part => part.Share), 1e-9);
            Assert.Equal(parts.Length, parts.Select(part => part.Key).Distinct().Count());
            Assert.All(parts, part =>
            {
                Assert.Null(Job.Read(part.ToBytes(), out Job read));
                Assert.Equal((part.Key, part.Step, part.First, part.Last), (read.Key, read.Step, read.First, read.Last));
            });
        }, iter: 200);
    }

    [Theory]
    [InlineData("", "is no job")]
    [InlineData("null", "is no job: null")]
    [InlineData("hello", "is no job")]
    [InlineData("{}", "is no job: JSON deserialization for type")]
    [InlineData("""{"schema":2}""", "is of schema 2 where 1 is known")]
    [InlineData("""{"verb":"train"}""", "asks for \"train\" where prepare, convert, infer, evaluate are known")]
    [InlineData("""{"name":"../../etc"}""", "which is no name for a folder")]
    [InlineData("""{"name":".hidden"}""", "which is no name for a folder")]
    [InlineData("""{"first":7,"step":"part"}""", "has frames from 7 of 0")]
    [InlineData("""{"frames_a_part":0}""", "has frames")]
    [InlineData("""{"step":"all"}""", "is no job")]
    [InlineData("""{"surprise":1}""", "is no job")]
    [InlineData("""{"settings":[null]}""", "has a setting without a value")]
    [InlineData("""{"files":{"--weights":{"path":"/etc/shadow","sha256":null}}}""", "has a file of unknown content")]
    public void A_message_that_is_no_job_is_refused_with_the_reason(string fields, string expected)
    {
        string message = fields.StartsWith("{\"", StringComparison.Ordinal) ? Merge(Encoding.UTF8.GetString(_jobs.Make("walk").ToBytes()), fields) : fields;

        Assert.Contains(expected, Job.Read(Encoding.UTF8.GetBytes(message), out _), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_is_too_long_is_not_read()
    {
        Assert.Equal("is 65537 bytes long where at most 65536 are allowed", Job.Read(new byte[Job.MostBytes + 1], out _));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../x")]
    public void No_job_leads_out_of_the_shared_folder(string path)
    {
        Assert.Contains("leads out of the shared folder", Assert.Throws<InvalidDataException>(() => _jobs.Folder.Absolute(path)).Message, StringComparison.Ordinal);
        Assert.Equal(Path.Combine(_jobs.Path, "a", "x"), _jobs.Folder.Absolute("a/b/../x"));
    }

    [Fact]
    public void What_lies_outside_the_shared_folder_cannot_be_submitted()
    {
        Assert.Contains("lies outside", Assert.Throws<ArgumentException>(() => _jobs.Folder.Relative(Path.Combine(_jobs.Path, "..", "x"))).Message, StringComparison.Ordinal);
        Assert.Equal("a/x", _jobs.Folder.Relative(Path.Combine(_jobs.Path, "a", "x")));
    }

    private static string Merge(string job, string fields)
    {
        var merged = System.Text.Json.Nodes.JsonNode.Parse(job)!.AsObject();
        foreach ((string key, System.Text.Json.Nodes.JsonNode? value) in System.Text.Json.Nodes.JsonNode.Parse(fields)!.AsObject())
        {
            merged[key] = value?.DeepClone();
        }

        return merged.ToJsonString();
    }
}
