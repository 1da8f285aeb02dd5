namespace StereoSpike.Files;

/// <summary>Writes a file whole or not at all: beside its place under a temporary name, then renamed onto it.</summary>
/// <remarks>An exception, Ctrl-C or a full disk on the way leaves what stood there before, and removes the temporary file.</remarks>
public static class WholeFile
{
    /// <summary>Writes through a stream.</summary>
    /// <param name="path">Where the file belongs; its folder is made if needed.</param>
    /// <param name="write">Fills the file; the stream can seek.</param>
    /// <exception cref="IOException">The disk is full or the place cannot be written; the message names the file.</exception>
    public static void Write(string path, Action<FileStream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        WriteAside(path, aside =>
        {
            using var stream = new FileStream(aside, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
            write(stream);
            stream.Flush(flushToDisk: true);   // else a power cut after the rename could leave an empty file
        });
    }

    /// <summary>Writes a text in UTF-8.</summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>Lets a library write a file by name: it is given a temporary name, which becomes <paramref name="path"/> when it returns.</summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    public static void WriteAside(string path, Action<string> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string full = Path.GetFullPath(path);
        string aside = $"{full}.{Environment.ProcessId}-{Guid.NewGuid():N}.part";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            write(aside);
            File.Move(aside, full, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: could not be written: {failure.Message} Nothing was changed; free space or choose another place.", failure);
        }
        finally
        {
            File.Delete(aside);
        }
    }
}
