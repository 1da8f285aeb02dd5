namespace StereoSpike.Ingest;

/// <summary>How a dataset lies in its file.</summary>
/// <param name="ContiguousAddress">Where its values begin, bytes, if they lie uncompressed in one piece; −1 otherwise.</param>
/// <param name="Chunks">Its chunks, by the index of their first element; null if contiguous.</param>
/// <param name="ChunkShape">Elements of a chunk along each dimension; empty if contiguous.</param>
/// <param name="Filters">What a chunk went through when it was written, in that order.</param>
internal sealed record StoredDataset(long ContiguousAddress, IReadOnlyList<StoredChunk>? Chunks, int[] ChunkShape, StoredFilter[] Filters);

/// <summary>One chunk as it is stored.</summary>
/// <param name="First">Index of its first element along each dimension.</param>
/// <param name="Address">Where it begins in the file, bytes.</param>
/// <param name="Length">How long it is there, bytes.</param>
/// <param name="SkippedFilters">Bit i is set where filter i was left out for this chunk.</param>
internal readonly record struct StoredChunk(long[] First, long Address, int Length, uint SkippedFilters);

/// <summary>A filter of a dataset.</summary>
/// <param name="Id">Its registered number.</param>
/// <param name="Parameters">Its client data.</param>
internal sealed record StoredFilter(int Id, uint[] Parameters);
