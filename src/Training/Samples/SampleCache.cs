using System.Security.Cryptography;
using System.Text;
using StereoSpike.Ingest;

namespace StereoSpike.Training;

/// <summary>A folder of prepared samples, a file a recording, found again by what it was made of.</summary>
/// <remarks>A file's name is a hash of the recording's identity and of all settings that its samples depend on, so a changed recording or setting makes another file and none is ever stale.
/// Several processes may share a folder: a file appears whole or not at all, and who needs one that another is making waits for it.</remarks>
public sealed class SampleCache
{
    private const string Ending = ".samples", LockEnding = ".lock";
    private const int Format = 1;   // raise it when the same recording and settings would give other bytes
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);
    private readonly string _folder;

    /// <summary>Takes a folder, which is made if needed.</summary>
    public SampleCache(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _folder = Directory.CreateDirectory(folder).FullName;
    }

    /// <summary>Name of the file that holds a recording's samples.</summary>
    internal static string FileName(RecordingSource source, SampleSettings settings) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"samples {Format}\n{settings}\n{source.Identity}")))[..32] + Ending;

    /// <summary>A recording's samples, made first if they are not there.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or the recording does not fit the settings.</exception>
    internal SampleFile Get(RecordingSource source, SampleSettings settings, CancellationToken cancellation = default)
    {
        string path = Path.Combine(_folder, FileName(source, settings));
        while (!File.Exists(path))
        {
            cancellation.ThrowIfCancellationRequested();
            using FileStream? turn = TakeTurn(path + LockEnding);
            if (turn is null)
            {
                cancellation.WaitHandle.WaitOne(Patience);
            }
            else if (!File.Exists(path))
            {
                using IStereoRecording recording = source.Open();
                SampleFile.Write(path, recording.Name, settings.Sensor, new SampleReader(recording, settings), cancellation);
            }
        }

        return SampleFile.Open(path);
    }

    /// <summary>The right to make a file; null while another process has it. Removing the lock's file lets two make the same at worst, and either's is whole.</summary>
    private static FileStream? TakeTurn(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
