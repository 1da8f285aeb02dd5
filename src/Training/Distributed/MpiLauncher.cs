using System.Globalization;

namespace StereoSpike.Training;

/// <summary>What started this process as one of several, found out from the environment alone.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Processes">How many it started.</param>
/// <param name="Libraries">Names of the MPI libraries that may be its own, likeliest first.</param>
internal sealed record MpiLauncher(string Name, int Processes, IReadOnlyList<string> Libraries)
{
    /// <summary>Names an MPI library to load in place of those known, or says <c>none</c>: every process is on its own.</summary>
    public const string LibraryVariable = "STEREOSPIKE_MPI";

    private static readonly string[] OpenMpi = ["libmpi.so.40", "libmpi.so"];
    private static readonly string[] Mpich = ["libmpich.so.12", "libmpi.so.12", "libmpich.so"];

    /// <summary>Finds the launcher.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <returns>null where the process is on its own.</returns>
    /// <exception cref="NotSupportedException">Slurm started several processes and gave them no way to find one another.</exception>
    public static MpiLauncher? Find(Func<string, string?> environment)
    {
        string? library = environment(LibraryVariable);
        MpiLauncher? found =
            library == "none" ? null
            : Number("OMPI_COMM_WORLD_SIZE") is { } open ? new("Open MPI's mpirun", open, [.. OpenMpi, .. Mpich])
            : Number("PMI_SIZE") is { } pmi ? new("mpiexec (PMI)", pmi, [.. Mpich, .. OpenMpi])
            : Number("SLURM_STEP_NUM_TASKS") is { } tasks ? new("srun", tasks, [.. OpenMpi, .. Mpich])
            : null;
        if (found is not { Processes: > 1 })
        {
            return null;
        }

        if (found.Name == "srun" && environment("PMIX_RANK") is null)
        {
            throw new NotSupportedException(
                $"srun started {found.Processes} of this program without MPI, so that none knows of the others. Start it with srun --mpi=pmix, or set {LibraryVariable}=none if each is to work on its own.");
        }

        return library is { Length: > 0 } ? found with { Libraries = [library] } : found;

        int? Number(string variable) => int.TryParse(environment(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }

    /// <summary>Starts MPI for this launcher's processes.</summary>
    /// <exception cref="DllNotFoundException">None of its libraries can be loaded, or what was loaded is another launcher's.</exception>
    public Mpi Start()
    {
        Mpi mpi = Mpi.Start(Libraries) ?? throw new DllNotFoundException(
            $"{Name} started {Processes} processes, and no MPI library can be loaded here: tried {string.Join(", ", Libraries)}. Install Open MPI or MPICH on every machine, or name the library in {LibraryVariable}.");
        int size = mpi.Size(mpi.World);
        return size == Processes ? mpi : throw new DllNotFoundException(
            $"{Name} started {Processes} processes, and the MPI library found here counts {size}: it is not the launcher's own. Name the launcher's library in {LibraryVariable}.");
    }
}
