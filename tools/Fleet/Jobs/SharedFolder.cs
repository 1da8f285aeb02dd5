using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using StereoSpike.Files;
using StereoSpike.Ingest;

namespace StereoSpike.Fleet;

/// <summary>The folder that all machines of a fleet share: recordings, weights and results lie below it, wherever each machine has it.</summary>
/// <remarks>
/// <code>
/// OUT/NAME-ID/              a result: what the verb wrote, answer.json (its answer) and job.json (what it is of)
/// OUT/.parts/ID/FIRST-LAST/ the result of a range, until the ranges are joined
/// OUT/.KEY.WORKER.part/     a result under way
/// </code>
/// A result appears by a rename, so it is there whole or not at all; where two workers made the same, the first stays.
/// </remarks>
public sealed class SharedFolder
{
    /// <summary>The verb's answer in a result's folder.</summary>
    public const string AnswerName = "answer.json";

    /// <summary>What a result is of.</summary>
    public const string JobName = "job.json";

    private const int LongestName = 128, IdLettersShown = 12;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly string _root;

    /// <summary>Opens it.</summary>
    /// <param name="root">Where it is on this machine.</param>
    /// <exception cref="DirectoryNotFoundException">It is not there.</exception>
    public SharedFolder(string root)
    {
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        if (!Directory.Exists(_root))
        {
            throw new DirectoryNotFoundException($"{root}: there is no such folder. Give with --root the folder that all machines share.");
        }
    }

    /// <summary>Whether a text may name a recording, and so begin a folder's name.</summary>
    internal static bool IsName(string? name) =>
        name is { Length: > 0 and <= LongestName } && name[0] != '.' && !name.Any(letter => char.IsControl(letter) || letter is '/' or '\\' or ':');

    /// <summary>A path as jobs have it: below the shared folder.</summary>
    /// <param name="path">On this machine.</param>
    /// <exception cref="ArgumentException">It lies elsewhere.</exception>
    public string Relative(string path)
    {
        string relative = Path.GetRelativePath(_root, Path.GetFullPath(path)).Replace('\\', '/');
        return relative is ".." || relative.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(relative)
            ? throw new ArgumentException($"{path}: lies outside {_root}, which is what the machines share. Move it there, or give with --root a folder that holds it.")
            : relative;
    }

    /// <summary>A path as this machine has it.</summary>
    /// <param name="relative">As jobs have it, from whoever wrote the job.</param>
    /// <exception cref="InvalidDataException">It leads out of the shared folder.</exception>
    public string Absolute(string relative)
    {
        ArgumentNullException.ThrowIfNull(relative);
        string full = Path.GetFullPath(Path.Combine(_root, relative));
        bool inside = full == _root || full.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        return inside && !Path.IsPathRooted(relative) && !relative.Contains('\0', StringComparison.Ordinal)
            ? full
            : throw new InvalidDataException($"The job asks for {relative}, which leads out of the shared folder. Jobs name their files below it.");
    }

    /// <summary>Where a job's result belongs.</summary>
    public string ResultOf(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        string output = Absolute(job.Out);
        return job.Step == JobStep.Part ? Path.Combine(output, ".parts", job.Id, job.PartName) : Path.Combine(output, $"{job.Name}-{job.Id[..IdLettersShown]}");
    }

    /// <summary>Whether a job's result is there; a part's also where the whole is.</summary>
    public bool HasResult(Job job) => Directory.Exists(ResultOf(job)) || (job.Step == JobStep.Part && Directory.Exists(ResultOf(job.Joining())));

    /// <summary>Whether all parts of a job are there, and not yet joined.</summary>
    public bool IsReadyToJoin(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return !HasResult(job.Joining()) && job.Parts().All(part => part.Step == JobStep.Part && HasResult(part));
    }

    /// <summary>Makes a result aside and puts it into its place.</summary>
    /// <param name="job">The job.</param>
    /// <param name="worker">Who makes it.</param>
    /// <param name="make">Writes into the folder it is given, and returns the verb's answer.</param>
    public async Task StoreAsync(Job job, string worker, Func<JobPlace, Task<JsonObject>> make)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(make);
        string result = ResultOf(job), aside = Path.Combine(Absolute(job.Out), $".{job.Key}.{worker}.part");
        JobPlace place = Place(job, aside);
        DeleteFolder(aside);
        Directory.CreateDirectory(aside);
        try
        {
            JsonObject answer = await make(place).ConfigureAwait(false);
            WholeFile.WriteText(Path.Combine(aside, AnswerName), answer.ToJsonString(Indented));
            WholeFile.WriteText(Path.Combine(aside, JobName), Encoding.UTF8.GetString(job.ToBytes()));
            if (!HasResult(job))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(result)!);
                Place(aside, result);
            }
        }
        finally
        {
            DeleteFolder(aside);
        }
    }

    /// <summary>Removes what joined parts, and workers that died, left of a job whose result is there.</summary>
    public void Tidy(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        string output = Absolute(job.Out);
        string parts = Path.Combine(output, ".parts");
        bool joined = job.Step != JobStep.Whole && Directory.Exists(ResultOf(job.Joining()));
        string[] left = [.. Directory.Exists(output) ? Directory.GetDirectories(output, $".{job.Key}.*.part") : [], .. joined ? [Path.Combine(parts, job.Id)] : Array.Empty<string>()];
        try
        {
            Array.ForEach(left, DeleteFolder);
            if (joined && Directory.Exists(parts) && !Directory.EnumerateFileSystemEntries(parts).Any())
            {
                Directory.Delete(parts);
            }
        }
        catch (IOException)
        {
            // somebody still writes there: a worker that was cut off, which removes it itself, or one that puts down another job's part
        }
    }

    /// <summary>Where the job's files are here, each of the content that the job names.</summary>
    private JobPlace Place(Job job, string folder)
    {
        bool simulated = job.Recording.StartsWith(SimulatedSet.Prefix, StringComparison.Ordinal);
        string recording = simulated ? job.Recording : Absolute(job.Recording);
        Check(job.Recording, RecordingContent.Of(recording), job.Content);
        var files = new Dictionary<string, string>();
        foreach ((string option, JobFile file) in job.Files)
        {
            files[option] = file.Sha256 is null ? file.Path : Absolute(file.Path);
            if (file.Sha256 is { } sha256)
            {
                Check(file.Path, RecordingContent.Of(files[option]), sha256);
            }
        }

        return new JobPlace(recording, files, folder, job.Step == JobStep.Join ? [.. job.Parts().Select(ResultOf)] : []);
    }

    private static void Check(string path, string found, string expected)
    {
        if (found != expected)
        {
            throw new InvalidDataException($"{path}: is not what it was when the job was submitted (SHA-256 {found[..IdLettersShown]}… where {expected[..Math.Min(IdLettersShown, expected.Length)]}… is expected). Submit it again.");
        }
    }

    private static void Place(string aside, string result)
    {
        try
        {
            Directory.Move(aside, result);
        }
        catch (IOException) when (Directory.Exists(result))
        {
            // another worker was faster; its result is the same
        }
    }

    private static void DeleteFolder(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // it is gone, which is all that is wanted
        }
    }
}
