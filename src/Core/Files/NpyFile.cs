namespace StereoSpike.Files;

/// <summary>One NumPy array in a file of its own, <c>.npy</c>.</summary>
public static class NpyFile
{
    /// <summary>Reads an array.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is not an npy file, is cut short, or holds what is refused (objects, structured, big-endian or Fortran-ordered arrays).</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static NpyArray Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return NpyFormat.Read(stream, stream.Length, path);
    }

    /// <summary>Writes an array, whole or not at all.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="array">The array.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, NpyArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        WholeFile.Write(path, stream => NpyFormat.Write(stream, array));
    }

    /// <summary>An array as the bytes of an npy file. Such files one after another on a stream are read by as many calls of numpy.load.</summary>
    /// <param name="array">The array.</param>
    public static byte[] Encode(NpyArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        return [.. NpyFormat.Header(array.Type, array.Shape), .. array.Bytes];
    }
}
