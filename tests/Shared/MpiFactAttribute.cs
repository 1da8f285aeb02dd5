namespace StereoSpike.Tests;

/// <summary>A test with several processes under MPI: it runs where that launcher is installed, and is skipped with that reason elsewhere.</summary>
public sealed class MpiFactAttribute : FactAttribute
{
    public MpiFactAttribute(string library)
    {
        Skip = MpiJob.IsInstalled(library) ? null : $"needs {library}'s mpirun";
    }
}
