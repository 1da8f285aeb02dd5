using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using StereoSpike.Ingest;

namespace StereoSpike.Fleet;

/// <summary>What a recording, or another file or folder that a job reads, is: SHA-256 over the names and contents of its files. Jobs are the same where it is, and a worker finds out where it is not.</summary>
public static class RecordingContent
{
    private static readonly ConcurrentDictionary<(string Path, long Length, DateTime Changed), byte[]> Known = new();

    /// <summary>The recording's name.</summary>
    /// <param name="recording">A path, or <c>sim:…</c>.</param>
    public static string NameOf(string recording)
    {
        ArgumentException.ThrowIfNullOrEmpty(recording);
        if (recording.StartsWith(SimulatedSet.Prefix, StringComparison.Ordinal))
        {
            return "sim-" + Short(SHA256.HashData(Encoding.UTF8.GetBytes(recording)));
        }

        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(recording)));
        foreach (string ending in (string[])["_data.hdf5", ".hdf5", ".h5"])
        {
            name = name.EndsWith(ending, StringComparison.Ordinal) ? name[..^ending.Length] : name;
        }

        return Directory.Exists(recording) ? name : Path.GetFileNameWithoutExtension(name);
    }

    /// <summary>SHA-256 of a recording, in hexadecimal. What did not change since it was read last, by its length and time of change, is not read again.</summary>
    /// <param name="recording">A file, a folder, or <c>sim:…</c>, which is its own content.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    public static string Of(string recording)
    {
        ArgumentException.ThrowIfNullOrEmpty(recording);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (recording.StartsWith(SimulatedSet.Prefix, StringComparison.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(recording));
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }

        foreach ((string name, string path) in FilesOf(recording).OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
            hash.AppendData(OfFile(path));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte[] OfFile(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new FileNotFoundException($"{path}: there is no such file or folder.", path);
        }

        (string, long, DateTime) key = (file.FullName, file.Length, file.LastWriteTimeUtc);
        if (!Known.TryGetValue(key, out byte[]? known))
        {
            using FileStream content = file.OpenRead();
            Known[key] = known = SHA256.HashData(content);
        }

        return known;
    }

    /// <summary>A folder's files; of MVSEC's layout the truth and the calibration too.</summary>
    private static IEnumerable<(string Name, string Path)> FilesOf(string recording)
    {
        if (Directory.Exists(recording))
        {
            return Directory.EnumerateFiles(recording, "*", SearchOption.AllDirectories).Select(path => (Path.GetRelativePath(recording, path).Replace('\\', '/'), path));
        }

        IEnumerable<string> files = [recording];
        if (recording.EndsWith(".hdf5", StringComparison.Ordinal) && File.Exists(recording))
        {
            files = [recording, .. MvsecPaths.Truth(recording) is { } truth ? [truth] : Array.Empty<string>(), .. MvsecPaths.Calibration(recording) is { } folder ? Directory.EnumerateFiles(folder) : []];
        }

        return files.Select(path => (Path.GetFileName(path), path));
    }

    private static string Short(byte[] hash) => Convert.ToHexStringLower(hash)[..8];
}
