namespace StereoSpike.Training;

/// <summary>Keeps a run's folder to one trainer at a time. The system lets go of it when its process ends, however that happens.</summary>
internal sealed class RunLock : IDisposable
{
    /// <summary>Name of the file that is locked; it is empty and stays, since removing it would let two trainers lock two files of one name.</summary>
    public const string FileName = "run.lock";

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes the folder, which is made if needed.</summary>
    /// <exception cref="IOException">Another trainer has it, or it cannot be written.</exception>
    public static RunLock Take(string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, FileName);
        try
        {
            return new RunLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException cause) when (File.Exists(path))
        {
            throw new IOException($"{path}: another training works in this folder and has it locked. Wait until it ends, stop it, or choose another folder.", cause);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
